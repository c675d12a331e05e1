import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { LIVES } from '../config/lives.ts';
import { MODES, type ModeId } from '../config/modes.ts';
import type { Settings } from '../config/settings.ts';
import type { Account } from '../src/accounts/account.ts';
import { signInStands, stands } from '../src/accounts/since.ts';
import { type ApplicationPolicy, type Refusal, whyModeRefused } from '../src/assurance/accepted-modes.ts';
import { isCompletable, type Missing, type Proved, type Rules } from '../src/assurance/may-open.ts';
import { type Requirement, requirementOf } from '../src/assurance/requirement.ts';
import { shownName } from '../src/clients/foreign-metadata.ts';
import { type ClientLike, policyOf, purposeOf, stepUpReason } from '../src/clients/metadata.ts';
import type { Clock } from '../src/clock.ts';
import { FlowError } from '../src/http/errors.ts';
import { formTarget } from '../src/http/headers.ts';
import { vouchingOf } from '../src/provider/opening.ts';
import { OVERTAKEN, UNMET_REASON } from '../src/provider/policy.ts';
import { isOver } from '../src/provider/professional.ts';
import type { LiveSession } from '../src/provider/sign-ins.ts';
import type { FlowPlace, Storage } from '../src/storage.ts';
import { CHOOSING, type Flow, fromRow } from './flow.ts';
import { type Lang, langOf } from './layout/lang.ts';
import { partialOf, seenAt } from './stored-proof.ts';

export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** One request of one person in one interaction: all that the screens and modes may need to know. */
export interface Visit {
  readonly uid: string;
  readonly interaction: Interaction;
  readonly flow: Flow;
  readonly place: FlowPlace;
  readonly lang: Lang;
  readonly application: ApplicationPolicy & {
    readonly name: string;
    readonly home: string | undefined;
    readonly reason: string | undefined;
    /** What for, by scope, in its own words. */
    readonly purpose: Readonly<Record<string, string>>;
    /** Addresses of its own pages (OIDC Registration §2). */
    readonly policy: string | undefined;
    readonly terms: string | undefined;
  };
  readonly requirement: Requirement;
  /** Who is signed in already in this browser, if somebody is. */
  readonly session: { readonly account: Account; readonly live: LiveSession } | undefined;
  /** What the live session lacks to open this application, when that is why somebody is asked to sign in. */
  readonly lacks: Exclude<Missing['what'], 'door'> | undefined;
  /** A password of this interaction, or of this session where no fresh proof was asked for, that a code may complete. */
  readonly livingPassword: LivingPassword | undefined;
  /** The account changed after what was proved in this interaction, or in the one before it. */
  readonly overtaken: boolean;
  /** Where the forms of this interaction may lead in the end. */
  readonly formTargets: readonly string[];
  whyRefused(mode: ModeId): Refusal | undefined;
  /** What whoever rests on this is asked, with the structure that vouched; a door that the person closed aside. */
  rulesFor(signIn: Pick<Proved, 'upstream'>): Promise<Rules>;
}

export interface LivingPassword extends Pick<Proved, 'acr' | 'upstream'> {
  readonly account: Account;
  readonly amr: readonly string[];
  readonly at: Date;
}

/** The place after a move of this very request, which did not read it again. */
export const movedOn = ({ place }: Visit): FlowPlace => ({ ...place, version: place.version + 1 });

export interface VisitParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Settings;
  readonly clock: Clock;
}

/** An application asked for a fresh proof: completing an old one would not be one. */
const FRESH = new Set([
  'login_prompt',
  'max_age',
  'id_token_hint',
  'claims_id_token_sub_value',
  'select_account_prompt',
]);

const LACKS = ['mode', 'structure', 'level'] as const;

function passwordOf(session: Visit['session']): LivingPassword | undefined {
  const { passwordAt, acr, amr, upstream } = session?.live.signIn ?? {};
  return session && passwordAt && acr && amr
    ? { account: session.account, acr, amr, upstream, at: passwordAt }
    : undefined;
}

/** A password that nothing can complete here is none: it is asked again where one is needed. */
async function completable(
  password: LivingPassword | undefined,
  rulesFor: Visit['rulesFor'],
): Promise<LivingPassword | undefined> {
  return password && isCompletable(password, await rulesFor(password)) ? password : undefined;
}

/**
 * Opens the interaction that this browser's cookie proves.
 * @throws {FlowError} `interaction-unknown` when it is expired, finished, or another browser's.
 */
export function createVisits({ provider, storage, settings, clock }: VisitParts) {
  return async (ctx: Context): Promise<Visit> => {
    const uid = String(ctx.params.uid);
    const current = provider();
    const interaction = await details(ctx, uid);
    // The cookie is bound to the path, yet a hand-made request may carry the cookie of one and the path of another.
    if (interaction.uid !== uid) throw new FlowError('interaction-unknown');
    const clientId = String(interaction.params.client_id);
    const [client, row, session] = await Promise.all([
      current.Client.find(clientId),
      storage.flows.byUid(uid),
      liveSession(interaction),
    ]);
    if (!client) throw new FlowError('interaction-unknown', { clientId });
    const flow = row ? fromRow(row) : CHOOSING;
    const metadata = client as unknown as ClientLike;
    const application = policyOf(metadata);
    const requirement = requirementOf(interaction.params, application.minimumAcr);
    const rulesFor = async (signIn: Pick<Proved, 'upstream'>): Promise<Rules> => ({
      offered: settings.MODES,
      application,
      required: requirement.level,
      closedDoors: [],
      structure: await vouchingOf(storage, signIn),
    });
    const partial = await partialPassword(flow);
    const { reasons } = interaction.prompt;
    const fresh = interaction.prompt.reasons.some((reason) => FRESH.has(reason));
    return {
      uid,
      interaction,
      flow,
      place: {
        uid,
        version: row?.version ?? 0,
        clientId,
        expiresAt: new Date(clock().getTime() + LIVES.interaction * 1000),
      },
      lang: langOf(ctx, interaction.params.ui_locales),
      application: {
        ...application,
        name: shownName(clientId, client.clientName),
        home: client.clientUri,
        reason: stepUpReason(metadata),
        purpose: purposeOf(metadata),
        policy: client.policyUri,
        terms: client.tosUri,
      },
      requirement,
      session,
      lacks: session && LACKS.find((what) => reasons.includes(UNMET_REASON[what])),
      livingPassword: await completable(partial ?? (fresh ? undefined : passwordOf(session)), rulesFor),
      // That of this request too: a native application's loopback port is of its own choice (RFC 8252 §7.3).
      formTargets: [
        String(interaction.params.redirect_uri ?? ''),
        ...(client.redirectUris ?? []),
        client.clientUri ?? '',
      ]
        .map(formTarget)
        .filter((target) => target !== undefined),
      overtaken: (partialOf(flow)?.passwordAt !== undefined && !partial) || reasons.includes(OVERTAKEN),
      whyRefused: (mode) => whyModeRefused(mode, settings.MODES, application, requirement.level),
      rulesFor,
    };
  };

  /** The library forgets an interaction once it is finished; its own browser is told that, rather than that it is unknown. */
  async function details(ctx: Context, uid: string): Promise<Interaction> {
    const current = provider();
    try {
      return await current.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      const cookie = current
        .createContext(ctx.req, ctx.res)
        .cookies.get(current.cookieName('interaction'), { signed: true });
      const row = cookie === uid ? await storage.flows.byUid(uid) : undefined;
      if (row?.stage !== 'done') throw error;
      const client = await current.Client.find(row.clientId);
      throw new FlowError('interaction-done', { home: client?.clientUri }, error);
    }
  }

  async function partialPassword(flow: Flow): Promise<LivingPassword | undefined> {
    const partial = partialOf(flow);
    const account = partial?.passwordAt ? await storage.accounts.byId(partial.accountId) : undefined;
    if (!partial?.passwordAt || account?.status !== 'active' || !stands(account, seenAt(partial))) return undefined;
    const { acr, amr, upstream } = partial;
    return { account, acr, amr, upstream, at: new Date(partial.passwordAt) };
  }

  async function liveSession(interaction: Interaction): Promise<Visit['session']> {
    const uid = interaction.session?.uid;
    if (!uid) return undefined;
    const live = await storage.signIns.session(uid);
    if (!live || isOver(live, clock(), settings.SESSION_ABSOLUTE)) return undefined;
    const account = await storage.accounts.byId(live.accountId);
    return account?.status === 'active' && signInStands(account, live.signIn) ? { account, live } : undefined;
  }
}

export const fullName = ({ givenName, familyName }: Pick<Account, 'givenName' | 'familyName'>): string =>
  `${givenName} ${familyName}`;

export const modeRow = (id: ModeId) => {
  const row = MODES.find((one) => one.id === id);
  if (!row) throw new Error(`no mode ${id}`);
  return row;
};
