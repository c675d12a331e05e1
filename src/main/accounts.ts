import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Account, NATIONAL_ID } from '../accounts/account.ts';
import { blockAccount, unblockAccount } from '../accounts/blocking.ts';
import { addAccount, importAccounts } from '../accounts/import.ts';
import { loginKey } from '../accounts/login-key.ts';
import type { Logout } from '../provider/logout.ts';
import type { ListedSession } from '../provider/sign-ins.ts';
import { CommandError } from './command-error.ts';
import type { Parts } from './parts.ts';
import { print, readLine, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

async function find({ storage }: Parts, who: string): Promise<Account> {
  const uuid = /^[0-9a-f-]{36}$/i.test(who);
  const account = uuid
    ? await storage.accounts.byId(who)
    : ((await storage.accounts.byLoginKey(loginKey(who)))?.account ??
      (await storage.accounts.byIdentity(NATIONAL_ID, who)));
  if (!account) throw new CommandError(`No account has the id, identifier, mail or national id ${who}.`);
  return account;
}

/** What ends sessions tells the applications through the queue, which no other command of accounts loads. */
async function withLogout<T>(parts: Parts, work: (logout: Logout) => Promise<T>): Promise<T> {
  const { openQueues } = await import('./delivery.ts');
  const delivery = openQueues(parts);
  try {
    return await work(delivery.logout);
  } finally {
    await delivery.close();
  }
}

async function readPassword(terminal: Terminal): Promise<string> {
  const password = await readLine(terminal);
  if (password === undefined) throw new CommandError('The password is read from the standard input, which is empty.');
  return password;
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

export const add = (terminal: Terminal, options: Readonly<Record<string, string | boolean | undefined>>) =>
  withParts(terminal, async (parts) => {
    const fields = Object.fromEntries(
      Object.entries(options).flatMap(([key, value]) =>
        key === 'passwordStdin' ? [] : [[key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]],
      ),
    );
    const password_hash = options.passwordStdin ? await parts.passwords.hash(await readPassword(terminal)) : undefined;
    const added = await addAccount(
      parts.storage,
      { ...fields, ...(password_hash ? { password_hash } : {}) },
      'administrator',
    );
    if (added === 'known') throw new CommandError("The identifier, mail or national id is somebody else's.");
    print(terminal, { added: added.id });
  });

export const show = (terminal: Terminal, who: string) =>
  withParts(terminal, async (parts) => {
    const account = await find(parts, who);
    const sessions = await parts.storage.signIns.sessionsOf(account.id);
    print(terminal, {
      ...account,
      nationalId: await parts.storage.accounts.identity(account.id, NATIONAL_ID),
      sessions: sessions.map(shown),
    });
  });

export const importFile = (terminal: Terminal, file: string) =>
  withParts(terminal, async (parts) => {
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
    const report = await importAccounts(parts.storage, lines);
    print(terminal, report);
    if (report.refused.length > 0) throw new CommandError(`${report.refused.length} lines were refused.`);
  });

export const block = (terminal: Terminal, who: string, { reason }: { reason: string }) =>
  withParts(terminal, async (parts) => {
    const { id } = await find(parts, who);
    const changed = await withLogout(parts, (logout) => blockAccount(logout, id, reason));
    print(terminal, { blocked: id, changed });
  });

export const unblock = (terminal: Terminal, who: string) =>
  withParts(terminal, async (parts) => {
    const { id } = await find(parts, who);
    print(terminal, { unblocked: id, changed: await unblockAccount(parts.storage, id) });
  });

export const endSessions = (terminal: Terminal, who: string, { session }: { session?: string }) =>
  withParts(terminal, async (parts) => {
    const { id: accountId } = await find(parts, who);
    const which = session ? { uidHash: Buffer.from(session, 'hex'), accountId } : { accountId };
    const ended = await withLogout(parts, (logout) => logout.end(which, 'administrator', { line: { accountId } }));
    // What was proved and waits is no session, and is taken back with them: nothing older than this counts.
    const since = session ? undefined : (await parts.storage.accounts.byId(accountId))?.proofsSince;
    print(terminal, { ended, ...(since ? { since } : {}) });
  });

export const revokeConsent = (terminal: Terminal, who: string, client: string) =>
  withParts(terminal, async (parts) => {
    const { id } = await find(parts, who);
    await withLogout(parts, (logout) => logout.revokeConsent(id, client));
    print(terminal, { revoked: client, account: id });
  });

export const setRoles = (terminal: Terminal, who: string, roles: readonly string[]) =>
  withParts(terminal, async (parts) => {
    const { id } = await find(parts, who);
    const changed = await parts.storage.transaction(async (tx) => {
      const done = await tx.accounts.setRoles(id, roles);
      if (done) await tx.audit.write({ event: 'account.roles-changed', accountId: id, details: { roles } });
      return done;
    });
    print(terminal, { id, roles, changed });
  });
