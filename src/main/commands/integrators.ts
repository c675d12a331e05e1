import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const work = () => import('../integrators.ts');

/** `mire integrators …`: who may use /integrateurs besides the people of INTEGRATOR_DOMAINS. */
export function integratorCommands(program: Command, terminal: Terminal): void {
  const integrators = program.command('integrators').description('those who make applications');
  integrators
    .command('invite <mail>')
    .description('whoever has this verified address may use /integrateurs')
    .action(async (mail: string) => (await work()).settle(terminal, mail, 'integrator.invited'));
  integrators
    .command('uninvite <mail>')
    .action(async (mail: string) => (await work()).settle(terminal, mail, 'integrator.uninvited'));
  integrators.command('list').action(async () => (await work()).list(terminal));
}
