import type { ModeId } from '../../config/modes.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { createPasskeyCeremonies } from '../../src/factors/passkey-ceremonies.ts';
import type { Parts } from '../../src/main/parts.ts';
import { openCardPki } from '../../src/sandbox/card-pki.ts';
import { SoftAuthenticator } from '../support/factors/soft-authenticator.ts';
import { Journey } from './journeys.ts';
import type { MailSink } from './mail-sink.ts';
import type { Ground, Repeated } from './scenarios.ts';
import { acrOf, byCard, byCode, byPasskey, type Way } from './ways.ts';

/** What signing in by each mode needs, made beforehand. */
export interface ModeGround extends Ground {
  readonly parts: Parts;
  readonly mails: MailSink;
}

/** Each mode that needs no outside party; `login-mdp` is the code flow of the other table. */
export const MODE_SCENARIOS: readonly { mode: ModeId; prepare(ground: ModeGround): Promise<Repeated> }[] = [
  {
    mode: 'code-ephemere',
    async prepare(ground) {
      // Somebody else each time: a code may be asked for every thirty seconds.
      return signIns(ground, 'code-ephemere', async () => {
        const person = ground.person();
        return byCode(person, () => ground.mails.codeFor(`${person.login}@hopital.example`));
      });
    },
  },
  {
    mode: 'cps',
    async prepare(ground) {
      const { settings, clock } = ground.parts;
      const { cards } = await openCardPki(settings.DATA_DIR, clock);
      const card = cards.find(({ id }) => id === 'cps-medecin');
      if (!card) throw new Error('the sandbox has no card of a doctor');
      const shown = {
        'x-mire-card': encodeURIComponent(card.certificatePem),
        'x-mire-proxy-secret': settings.CARD_PROXY_SECRET ?? '',
      };
      return signIns(ground, 'cps', async () => byCard(shown));
    },
  },
  {
    mode: 'cle-acces',
    async prepare(ground) {
      const authenticator = await enrolled(ground);
      return signIns(ground, 'cle-acces', async () => byPasskey(authenticator));
    },
  },
];

/** A browser of one person, who signs out each evening. */
async function signIns(ground: ModeGround, mode: ModeId, wayOf: () => Promise<Way>): Promise<Repeated> {
  const browser = new Journey(ground.issuer, ground.ask, ground.jwks);
  return async () => {
    browser.forgetSession();
    await browser.redeem(await browser.authorize(await wayOf()), acrOf(mode));
  };
}

/** The passkey of one person, added as the pages of an account would. */
async function enrolled({ parts, person, issuer }: ModeGround): Promise<SoftAuthenticator> {
  const { storage, settings } = parts;
  const found = await storage.accounts.byLoginKey(loginKey(person().login));
  if (!found) throw new Error('nobody to give a passkey to');
  // Nobody is told of this one, and no session ends.
  const untold = { notifier: undefined as never, logout: undefined as never };
  const ceremonies = createPasskeyCeremonies({ ...parts, ...untold, issuer }, settings.PLATFORM_NAME);
  const authenticator = new SoftAuthenticator(issuer);
  const options = (await ceremonies.registrationOptions(found.account, 'bench')) as Parameters<
    SoftAuthenticator['create']
  >[0];
  const passkey = await ceremonies.registered(found.account, 'bench', authenticator.create(options), 'Bench');
  await storage.passkeys.insert(passkey);
  return authenticator;
}
