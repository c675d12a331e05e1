import { isTimeZone } from '../../config/setting-types.ts';
import { masked } from '../challenges/codes.ts';
import type { Clock } from '../clock.ts';
import { localeOf } from '../delivery/mail-frame.ts';
import { paramsOf, type TemplateId } from '../delivery/templates.ts';
import { HELP_DESK, whence } from '../delivery/whence.ts';
import type { RequestInfo } from '../http/request.ts';
import { spoken } from '../spoken.ts';
import type { Storage } from '../storage.ts';
import { createNetworks } from '../structures/networks.ts';
import type { Account } from './account.ts';

/** Something that was done to an account, or that it is told of. */
export interface Act {
  readonly account: Account;
  readonly at: Date;
  readonly locale: string;
  /** From where; undefined: by the service itself. */
  readonly request?: RequestInfo | undefined;
  /** The request is an agent's: where they sit is nobody's concern. */
  readonly byHelpDesk?: boolean | undefined;
}

export interface Circumstances {
  /** The account's own clock, else the deployment's. */
  zoneOf(account: Pick<Account, 'extraClaims'> | undefined): string;
  /** The structure in whose network an address is, in words. */
  place(storage: Pick<Storage, 'structures'>, address: string): Promise<string | undefined>;
  /** What a notice says of an act, by the names of its template. */
  of(storage: Pick<Storage, 'structures'>, act: Act): Promise<Readonly<Record<string, string>>>;
  /** Writes a notice to the account's own mail, if it has one that counts. @returns its id, or nothing */
  tell(
    tx: Storage,
    act: Act,
    template: TemplateId,
    params?: Readonly<Record<string, string>>,
  ): Promise<readonly string[]>;
}

const MASK = '•••••';

/** `md•••••`, or the mail as it is masked elsewhere: enough for somebody who has two accounts. */
function whose({ login, email }: Account): string {
  const name = login ?? email ?? '';
  return name.includes('@') ? masked('mail', name) : `${name.slice(0, 2)}${MASK}`;
}

/** The values that a template names, and no others. A name that nobody gave is left empty: what it stands in is left out. */
export const wanted = (template: TemplateId, values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(paramsOf(template).map((name) => [name, values[name] ?? '']));

/** Of which account, when, from where: said alike in every notice. */
export function createCircumstances({
  issuer,
  zone,
  clock,
}: {
  readonly issuer: string;
  /** TIME_ZONE */
  readonly zone: string;
  readonly clock: Clock;
}): Circumstances {
  const network = createNetworks(clock);

  const circumstances: Circumstances = {
    zoneOf(account) {
      const own = account?.extraClaims.zoneinfo;
      return typeof own === 'string' && isTimeZone(own) ? own : zone;
    },

    async place(storage, address) {
      const id = await network(storage, address);
      const structure = id === undefined ? undefined : await storage.structures.byId(id);
      if (!structure?.enabled) return undefined;
      const { name, town } = structure;
      return town === undefined || name.toLowerCase().includes(town.toLowerCase()) ? name : `${name}, ${town}`;
    },

    async of(storage, { account, at, locale, request, byHelpDesk = false }) {
      const language = localeOf(locale);
      const place = request && !byHelpDesk ? await circumstances.place(storage, request.address) : undefined;
      return {
        when: spoken(at, locale, circumstances.zoneOf(account)),
        who: whose(account),
        ...(byHelpDesk ? { from: HELP_DESK[language] } : {}),
        ...(request && !byHelpDesk ? { from: whence({ userAgent: request.userAgent, place }, language) } : {}),
        // Its pages are closed to whoever is suspended: nobody is sent to a door that does not open.
        account: account.status === 'active' ? `${issuer}/compte` : '',
      };
    },

    async tell(tx, act, template, params = {}) {
      const { account, at, locale } = act;
      if (!account.email || !account.emailVerified) return [];
      const values = { ...(await circumstances.of(tx, act)), ...params };
      const notice = { template, to: account.email, locale, at, params: wanted(template, values) };
      return [await tx.notices.write({ ...notice, accountId: account.id })];
    },
  };
  return circumstances;
}
