import type { Command } from 'commander';
import { accountCommands } from './accounts.ts';
import { auditCommands } from './audit.ts';
import { clientCommands } from './clients.ts';
import { integratorCommands } from './integrators.ts';
import { invitationCommand } from './invitations.ts';
import { keyCommands } from './keys.ts';
import type { Parts } from './parts.ts';
import { registrationTokenCommand } from './registration-token.ts';
import { structureCommands } from './structure-commands.ts';

/** Every command that changes or shows what is kept. */
export function administration(
  program: Command,
  withParts: (body: (parts: Parts) => Promise<void>) => Promise<void>,
  print: (value: unknown) => void,
): void {
  for (const add of [
    registrationTokenCommand,
    accountCommands,
    invitationCommand,
    structureCommands,
    keyCommands,
    auditCommands,
    clientCommands,
    integratorCommands,
  ])
    add(program, withParts, print);
}
