import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type Account, NATIONAL_ID } from '../accounts/account.ts';
import { blockAccount, unblockAccount } from '../accounts/blocking.ts';
import { addAccount, importAccounts } from '../accounts/import.ts';
import { loginKey } from '../accounts/login-key.ts';
import type { Logout } from '../provider/logout.ts';
import type { ListedSession } from '../provider/sign-ins.ts';
import { openQueues } from './delivery.ts';
import type { Parts } from './parts.ts';

type WithParts = (work: (parts: Parts) => Promise<void>) => Promise<void>;
type Print = (value: unknown) => void;

export class CommandError extends Error {
  override readonly name = 'CommandError';
}

async function find({ storage }: Parts, who: string): Promise<Account> {
  const uuid = /^[0-9a-f-]{36}$/i.test(who);
  const account = uuid
    ? await storage.accounts.byId(who)
    : ((await storage.accounts.byLoginKey(loginKey(who)))?.account ??
      (await storage.accounts.byIdentity(NATIONAL_ID, who)));
  if (!account) throw new CommandError(`No account has the id, identifier, mail or national id ${who}.`);
  return account;
}

/** What ends sessions tells the applications through the queue. */
async function withLogout<T>(parts: Parts, work: (logout: Logout) => Promise<T>): Promise<T> {
  const delivery = openQueues(parts);
  try {
    return await work(delivery.logout);
  } finally {
    await delivery.close();
  }
}

/** A password never stands on a command line, where other users of the machine can read it. */
async function readPassword(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new CommandError('The password is read from the standard input, which is empty.');
}

const shown = ({ uidHash, startedAt, userAgent, place, signIn, clientIds }: ListedSession) => ({
  id: uidHash.toString('hex'),
  startedAt,
  userAgent,
  place,
  mode: signIn.mode,
  acr: signIn.acr,
  applications: clientIds,
});

/** `mire accounts …`: what an administrator does to accounts. */
export function accountCommands(program: Command, withParts: WithParts, print: Print): void {
  const accounts = program.command('accounts').description('accounts of professionals');

  accounts
    .command('add')
    .description('adds an account; its password, if any, is read from the standard input')
    .requiredOption('--family-name <name>')
    .requiredOption('--given-name <name>')
    .option('--login <identifier>')
    .option('--email <address>')
    .option('--email-verified')
    .option('--phone <number>')
    .option('--phone-verified')
    .option('--title <code>')
    .option('--profession <code>')
    .option('--specialty <code>')
    .option('--national-id <id>')
    .option('--password-stdin', 'reads one line')
    .action((options: Record<string, string | boolean | undefined>) =>
      withParts(async (parts) => {
        const fields = Object.fromEntries(
          Object.entries(options).flatMap(([key, value]) =>
            key === 'passwordStdin' ? [] : [[key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]],
          ),
        );
        const password_hash = options.passwordStdin ? await parts.passwords.hash(await readPassword()) : undefined;
        const added = await addAccount(
          parts.storage,
          { ...fields, ...(password_hash ? { password_hash } : {}) },
          'administrator',
        );
        if (added === 'known') throw new CommandError("The identifier, mail or national id is somebody else's.");
        print({ added: added.id });
      }),
    );

  accounts
    .command('show <who>')
    .description('by id, identifier, mail or national id')
    .action((who: string) =>
      withParts(async (parts) => {
        const account = await find(parts, who);
        const sessions = await parts.storage.signIns.sessionsOf(account.id);
        print({
          ...account,
          nationalId: await parts.storage.accounts.identity(account.id, NATIONAL_ID),
          sessions: sessions.map(shown),
        });
      }),
    );

  accounts
    .command('import <file>')
    .description('JSON Lines; run it again when it was cut off')
    .action((file: string) =>
      withParts(async (parts) => {
        const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
        const report = await importAccounts(parts.storage, lines);
        print(report);
        if (report.refused.length > 0) throw new CommandError(`${report.refused.length} lines were refused.`);
      }),
    );

  accounts
    .command('block <who>')
    .requiredOption('--reason <text>')
    .action((who: string, { reason }: { reason: string }) =>
      withParts(async (parts) => {
        const { id } = await find(parts, who);
        print({ blocked: id, changed: await withLogout(parts, (logout) => blockAccount(logout, id, reason)) });
      }),
    );

  accounts
    .command('end-sessions <who>')
    .description('ends all sessions, or one of those that `show` lists')
    .option('--session <id>')
    .action((who: string, { session }: { session?: string }) =>
      withParts(async (parts) => {
        const { id: accountId } = await find(parts, who);
        const which = session ? { uidHash: Buffer.from(session, 'hex'), accountId } : { accountId };
        print({
          ended: await withLogout(parts, (logout) => logout.end(which, 'administrator', { line: { accountId } })),
        });
      }),
    );

  accounts
    .command('revoke-consent <who> <client>')
    .description('takes back what the person allowed an application')
    .action((who: string, client: string) =>
      withParts(async (parts) => {
        const { id } = await find(parts, who);
        await withLogout(parts, (logout) => logout.revokeConsent(id, client));
        print({ revoked: client, account: id });
      }),
    );

  accounts.command('unblock <who>').action((who: string) =>
    withParts(async (parts) => {
      const { id } = await find(parts, who);
      print({ unblocked: id, changed: await unblockAccount(parts.storage, id) });
    }),
  );

  accounts
    .command('role <who> [roles...]')
    .description('sets the roles; none takes them away')
    .action((who: string, roles: string[]) =>
      withParts(async (parts) => {
        const { id } = await find(parts, who);
        const changed = await parts.storage.transaction(async (tx) => {
          const done = await tx.accounts.setRoles(id, roles);
          if (done) await tx.audit.write({ event: 'account.roles-changed', accountId: id, details: { roles } });
          return done;
        });
        print({ id, roles, changed });
      }),
    );
}
