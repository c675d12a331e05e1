import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { accountCommands } from './accounts.ts';
import { auditCommands } from './audit.ts';
import { clientCommands } from './clients.ts';
import { integratorCommands } from './integrators.ts';
import { invitationCommand } from './invitations.ts';
import { keyCommands } from './keys.ts';
import { registrationTokenCommand } from './registration-token.ts';
import { structureCommands } from './structures.ts';
import { bouncesCommand, testCommands } from './test.ts';

/** Every command that changes or shows what is kept. */
export function administration(program: Command, terminal: Terminal): void {
  for (const add of [
    registrationTokenCommand,
    accountCommands,
    invitationCommand,
    structureCommands,
    keyCommands,
    auditCommands,
    clientCommands,
    integratorCommands,
    testCommands,
    bouncesCommand,
  ])
    add(program, terminal);
}
