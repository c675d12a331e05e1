import { CODE } from '../../../config/lives.ts';
import type { Account, Channel } from '../../../src/accounts/account.ts';
import { stands } from '../../../src/accounts/since.ts';
import { masked } from '../../../src/challenges/codes.ts';
import { meaningOf } from '../../../src/delivery/answers.ts';
import { UserError } from '../../../src/http/errors.ts';
import type { Kit, Panel } from '../../kit.ts';
import { loginTyped } from '../../typed.ts';
import type { Visit } from '../../visit.ts';
import { isLastWay, noFactor, othersLocals, secondFactors } from './second-factors.ts';
import { type CodeState, ID, type Proved, seenIn } from './state.ts';

/** Seconds in which a code has left, ordinarily. */
const SENT_WITHIN = 30;

const path = (visit: Visit, step = '') => `/interaction/${visit.uid}/${ID}${step}`;
const destination = (account: Account, channel: Channel) => (channel === 'mail' ? account.email : account.phone) ?? '';

/** @throws {UserError} `proof-overtaken` when the account changed after the password that stands here */
export function checkStands(account: Account, visit: Visit, proved: Proved): void {
  const seen = seenIn(visit, proved);
  if (seen && !stands(account, seen)) throw new UserError('proof-overtaken');
}

export const passwordPanel = (visit: Visit, typed?: string): Panel => ({
  view: 'interactions/modes/code-ephemere/password',
  title: 'code-ephemere.title.password',
  locals: () => ({ action: path(visit), values: { login: typed ?? loginTyped(visit) } }),
});

/** @throws {UserError} `no-channel`, `mailbox-twice` */
export async function channelPanel(kit: Kit, visit: Visit, proved: Proved): Promise<Panel> {
  const account = await kit.storage.accounts.byId(proved.accountId);
  if (account) checkStands(account, visit, proved);
  const factors = account && (await secondFactors(kit, visit, account, { fresh: !proved.completes }));
  if (!account || !factors) throw new UserError('no-channel');
  if (factors.channels.length === 0 && !factors.others) throw noFactor(account);
  const sent = factors.channels.map((id) => ({ id, masked: masked(id, destination(account, id)) }));
  const app = factors.app ? [{ id: 'app', masked: '' }] : [];
  const listed = factors.appFirst ? [...app, ...sent] : [...sent, ...app];
  return {
    view: 'interactions/modes/code-ephemere/channel',
    title: 'code-ephemere.title.channel',
    underWay: true,
    locals: () => ({
      action: path(visit, '/channel'),
      channels: listed.map((one, i) => ({ ...one, checked: i === 0 })),
      lastWay: isLastWay(account, factors),
      ...othersLocals(visit, factors),
    }),
  };
}

export async function codePanel(kit: Kit, visit: Visit, state: Extract<CodeState, { step: 'code' }>): Promise<Panel> {
  const [challenge, sends, account] = await Promise.all([
    kit.codes.byId(state.challengeId),
    kit.storage.challenges.sendsOfFlow(visit.uid),
    kit.storage.accounts.byId(state.accountId),
  ]);
  if (!challenge || !account) throw new UserError('no-channel');
  checkStands(account, visit, state);
  const factors = await secondFactors(kit, visit, account, { fresh: !state.completes });
  const { channels, others } = factors;
  const now = kit.clock().getTime();
  const left = Math.max(0, (challenge.expiresAt?.getTime() ?? now) - now);
  const since = (now - (challenge.sentAt?.getTime() ?? 0)) / 1000;
  // Whoever sends it may not be there at all, and then writes nothing of it.
  const late = !challenge.decoy && challenge.handedOver < challenge.counter && since > SENT_WITHIN;
  const trouble = challenge.trouble ? meaningOf(challenge.trouble).told : late ? 'late' : undefined;
  const sendsLeft = Math.max(0, CODE.sendsPerInteraction - sends);
  return {
    view: 'interactions/modes/code-ephemere/code',
    title: 'code-ephemere.title.code',
    underWay: true,
    locals: () => ({
      action: path(visit, '/code'),
      channel: challenge.channel,
      masked: masked(challenge.channel, challenge.destination),
      ...(trouble ? { trouble } : {}),
      lastWay: isLastWay(account, factors),
      expiresInMinutes: Math.ceil(left / 60_000),
      resendAction: path(visit, '/resend'),
      resendInSeconds: Math.max(0, Math.ceil(CODE.resendAfter - since)),
      sendsLeft,
      ...((channels.length > 1 && sendsLeft > 0) || others ? { otherChannelHref: path(visit, '/channel') } : {}),
    }),
  };
}
