import { forgetLost } from '../../adapters/db/forget-lost.ts';
import { rewrap } from '../../adapters/db/rewrap.ts';
import { KEYS } from '../../config/key-settings.ts';
import { rotateKeys } from '../provider/key-rotation.ts';
import { CommandError } from './command-error.ts';
import type { Parts } from './parts.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

const printed = async (terminal: Terminal, { signingKeys }: Parts) => print(terminal, await signingKeys.list());

export const list = (terminal: Terminal) => withParts(terminal, (parts) => printed(terminal, parts));

export const rotate = (terminal: Terminal, { hours, now }: { hours: string; now?: true }) =>
  withParts(terminal, async (parts) => {
    const count = now ? 0 : Number(hours);
    if (!(count >= 0 && count <= 1440)) throw new CommandError('--hours is a number from 0 to 1440.');
    const at = new Date(parts.clock().getTime() + count * 60 * 60 * 1000);
    await rotateKeys({ keys: parts.signingKeys, clock: parts.clock }, at);
    await printed(terminal, parts);
  });

export const rewrapColumns = (terminal: Terminal, { batch }: { batch: string }) =>
  withParts(terminal, async ({ database, vault, storage }) => {
    const rows = Number(batch);
    if (!(Number.isInteger(rows) && rows >= 1 && rows <= 10_000))
      throw new CommandError('--batch is a number from 1 to 10000.');
    const columns = await rewrap(database, vault, rows);
    const count = columns.reduce((sum, { rewrapped }) => sum + rewrapped, 0);
    if (count > 0)
      await storage.audit.write({ event: 'key.rewrapped', details: { version: vault.version, rows: count } });
    print(terminal, {
      version: vault.version,
      columns,
      next: 'keep the older keys in DATA_KEYS two days more, for what lives shorter and for Redis; then remove them',
    });
  });

export const forget = (terminal: Terminal, version: string) =>
  withParts(terminal, async ({ database, vault, storage }) => {
    const lost = Number(version);
    if (!(Number.isInteger(lost) && lost >= 0 && lost <= 65535))
      throw new CommandError('A version is a number: the one before ":" in DATA_KEYS.');
    if (vault.knows(lost)) throw new CommandError(`DATA_KEYS has the key of version ${lost}: nothing is lost.`);
    const columns = await forgetLost(database, lost);
    const rows = columns.reduce((sum, { rows: count }) => sum + count, 0);
    if (rows > 0) await storage.audit.write({ event: 'key.forgotten', details: { version: lost, rows } });
    print(terminal, { version: lost, columns: columns.filter(({ rows: count }) => count > 0) });
  });

export const remove = (terminal: Terminal, kid: string) =>
  withParts(terminal, async (parts) => {
    const retiredBy = new Date(parts.clock().getTime() - 2 * KEYS.watch * 1000);
    if (!(await parts.signingKeys.remove(kid, retiredBy)))
      throw new CommandError(`No key named ${kid} has been retired for a minute; "mire keys list" shows them.`);
    await printed(terminal, parts);
  });
