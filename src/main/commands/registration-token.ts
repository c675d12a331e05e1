import type { Command } from 'commander';
import type { TokenOptions } from '../registration-token.ts';
import type { Terminal } from '../terminal.ts';

/** `mire registration-token`: for the owner of an application, who registers it within the token's life. */
export function registrationTokenCommand(program: Command, terminal: Terminal): void {
  program
    .command('registration-token')
    .description('an initial access token, with which an application registers itself')
    .option('--hours <count>', 'how long it is good for', '24')
    .option('--uses <count>', 'how many applications it registers', '1')
    .option('--redirect-host <host...>', 'hosts it may send people back to; .example.org for all under it')
    .option('--scope <scopes>', 'scopes it may ask for')
    .option('--minimum-acr <level>', 'the least level it may ask for; eidas2 when left out')
    .option('--auth-method <method...>', 'how it may authenticate')
    .option('--first-party', "the platform's own: no consent page")
    .action(async (options: TokenOptions) => (await import('../registration-token.ts')).handOut(terminal, options));
}
