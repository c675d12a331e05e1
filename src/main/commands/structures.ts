import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const work = () => import('../structure-commands.ts');

/** `mire structures …`: the hospitals whose own directory vouches for their staff. */
export function structureCommands(program: Command, terminal: Terminal): void {
  const structures = program
    .command('structures')
    .description('structures that vouch for their own staff (Compte local)');

  structures
    .command('add <file>')
    .description('adds or changes those of a YAML or JSON file')
    .action(async (file: string) => (await work()).add(terminal, file));

  structures.command('list').action(async () => (await work()).list(terminal));

  structures
    .command('test <id>')
    .description('says exactly what is right and wrong: servers, service account, filter, attributes, lockout')
    .option('--login <identifier>', 'looks for this person: state, roles, what is kept of what the directory says')
    .option('--json', 'the same for a program')
    .action(async (id: string, options: { login?: string; json?: boolean }) =>
      (await work()).diagnose(terminal, id, options),
    );

  structures
    .command('enable <id>')
    .description('opens it to sign-ins')
    .action(async (id: string) => (await work()).enable(terminal, id));

  structures
    .command('disable <id>')
    .description('closes it to sign-ins, and ends the sessions that came from it; nothing is deleted')
    .action(async (id: string) => (await work()).disable(terminal, id));

  structures
    .command('export [id]')
    .description('the definitions as YAML that "add" takes, without their secrets')
    .action(async (id: string | undefined) => (await work()).exportDefinitions(terminal, id));

  structures
    .command('sign-ins <id>')
    .description("what happened to the people of one structure, as JSON lines, for the structure's administrator")
    .option('--days <count>', 'how far back', '30')
    .action(async (id: string, options: { days: string }) => (await work()).signIns(terminal, id, options));

  structures
    .command('check <id>')
    .description('looks now for people who have left, as the worker does every night')
    .action(async (id: string) => (await work()).check(terminal, id));
}
