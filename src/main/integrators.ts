import { CommandError } from './command-error.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

/** Lets the holder of a mail address in, or not any more. */
export const settle = (terminal: Terminal, mail: string, event: 'integrator.invited' | 'integrator.uninvited') =>
  withParts(terminal, async ({ storage, clock }) => {
    if (!/^[^@\s]+@[^@\s]+$/.test(mail)) throw new CommandError(`${mail} is not a mail address.`);
    const changed = await storage.transaction(async (tx) => {
      const done =
        event === 'integrator.invited'
          ? await tx.integrators.invite(mail, clock())
          : await tx.integrators.uninvite(mail);
      if (done) await tx.audit.write({ event });
      return done;
    });
    print(terminal, { mail, changed });
  });

export const list = (terminal: Terminal) =>
  withParts(terminal, async ({ storage }) => print(terminal, await storage.integrators.list()));
