import type { Command } from 'commander';
import { type ClientOptions, clientOptions } from '../client-options.ts';
import type { SecretOptions } from '../client-secrets.ts';
import type { Terminal } from '../terminal.ts';

const work = () => import('../clients.ts');
const submissions = () => import('../client-submissions.ts');

/** `mire clients …`: the applications that sign people in. */
export function clientCommands(program: Command, terminal: Terminal): void {
  const clients = program.command('clients').description('regional applications, as OpenID Connect clients');

  clientOptions(clients.command('add <id>'))
    .description('registers an application; its secret is made, and shown this once')
    .option('--secret-stdin', 'reads the secret instead: one line')
    .action(async (id: string, options: ClientOptions & { secretStdin?: true }) =>
      (await work()).add(terminal, id, options),
    );

  clientOptions(clients.command('update <id>'))
    .description('changes what is said, and shows what that is')
    .option('--dry-run', 'only shows it')
    .action(async (id: string, options: ClientOptions & { dryRun?: true }) =>
      (await work()).update(terminal, id, options),
    );

  clients
    .command('list')
    .option('--unused <days>', 'only those that nobody used for so long')
    .option('--stage <stage>', 'sandbox, submitted or production')
    .action(async (options: { unused?: string; stage?: string }) => (await work()).list(terminal, options));

  clients.command('show <id>').action(async (id: string) => (await work()).show(terminal, id));

  clients
    .command('export')
    .description('the whole set without secrets, as "import" takes it')
    .action(async () => (await work()).exportSet(terminal));

  clients
    .command('import <file>')
    .description('makes the set what a reviewed file (YAML or JSON) says; shows the difference first')
    .option('--apply', 'without asking')
    .option('--disable-others', 'disables those that the file does not name')
    .action(async (path: string, options: { apply?: boolean; disableOthers?: boolean }) =>
      (await work()).importSet(terminal, path, options),
    );

  clients
    .command('disable <id>')
    .description('refused everywhere at once; all that was given to it ends')
    .requiredOption('--reason <text>')
    .action(async (id: string, options: { reason: string }) => (await work()).disable(terminal, id, options));

  clients.command('enable <id>').action(async (id: string) => (await work()).enable(terminal, id));

  secretCommand(clients, terminal);
  submissionCommands(clients, terminal);
}

/** `mire clients rotate-secret`: two secrets are good while the application changes over. */
function secretCommand(clients: Command, terminal: Terminal): void {
  clients
    .command('rotate-secret <id>')
    .description('another secret, shown this once; the one in use stays good for some days')
    .option('--keep-days <count>', 'how long the one in use stays good; 0: it has leaked', '14')
    .option('--expires-days <count>', 'how long the new one is good; for ever when left out')
    .option('--secret-stdin', 'reads the new secret instead: one line')
    .option('--end-previous', 'changes nothing but that the secret before the last rotation is refused at once')
    .action(async (id: string, options: SecretOptions) =>
      (await import('../client-secrets.ts')).rotate(terminal, id, options),
    );
}

/** `mire clients approve | refuse`: what integrators submitted in their portal. */
function submissionCommands(clients: Command, terminal: Terminal): void {
  clients
    .command('approve <id>')
    .description('puts a submitted application into production: it signs everybody in')
    .option('--minimum-acr <level>', 'lowers or raises what it asked for')
    .option('--first-party', "the platform's own: no consent page")
    .action(async (id: string, options: { minimumAcr?: string; firstParty?: true }) =>
      (await submissions()).approve(terminal, id, options),
    );

  clients
    .command('refuse <id>')
    .description('sends a submitted application back to its integrator, who reads why')
    .requiredOption('--reason <text>')
    .action(async (id: string, options: { reason: string }) => (await submissions()).refuse(terminal, id, options));
}
