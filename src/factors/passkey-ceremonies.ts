import { randomUUID } from 'node:crypto';
import { AAGUIDS } from '../../config/aaguids.ts';
import { CARE } from '../../config/lives.ts';
import type { Account } from '../accounts/account.ts';
import type { CareParts } from '../accounts/telling.ts';
import type { AuditLine } from '../audit/audit.ts';
import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import { type Assertion, type Attestation, assertion, attestation } from './credential-json.ts';
import type { Passkey, Passkeys } from './passkey.ts';

export type NewPasskey = Parameters<Passkeys['insert']>[0];

export interface CheckedPasskey {
  readonly passkey: Passkey;
  /** RFC 8176: a key that its maker copies between devices is held by software. */
  readonly amr: readonly string[];
  /** @throws {UserError} `passkey-refused` when the same answer came twice */
  spend(tx: Storage): Promise<void>;
}

export interface PasskeyCeremonies {
  /** @param context what the answer must come back in: an interaction, or a session that adds a key */
  registrationOptions(account: Account, context: string): Promise<object>;
  /** @throws {UserError} `passkey-refused` */
  registered(account: Account, context: string, response: string, name: string): Promise<NewPasskey>;
  /** @param accountId whose keys alone are asked for; nobody's: any that the browser holds */
  authenticationOptions(context: string, accountId?: string): Promise<object>;
  /** @throws {UserError} `passkey-refused`, `passkey-cloned` */
  check(
    context: string,
    response: string,
    /** `accountId`: whose password it stands beside; another person's key is refused. */
    line: { request: RequestInfo; clientId?: string; accountId?: string },
  ): Promise<CheckedPasskey>;
}

/** Heavy, with what it needs of X.509: loaded by the first who asks for a passkey. */
const library = () => import('@simplewebauthn/server');
const ACR_AMR = ['user', 'mfa'] as const;
const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

function parsed<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, response: string): T {
  let json: unknown;
  try {
    json = JSON.parse(response);
  } catch {
    throw new UserError('passkey-refused');
  }
  const read = schema.safeParse(json);
  if (!read.success || read.data === undefined) throw new UserError('passkey-refused');
  return read.data;
}

/** WebAuthn Level 3, with user verification always: the key and its holder are two factors. */
export function createPasskeyCeremonies(
  {
    storage,
    clock,
    notifier,
    issuer,
    circumstances,
  }: Pick<CareParts, 'storage' | 'clock' | 'notifier' | 'issuer' | 'circumstances'>,
  platform: string,
): PasskeyCeremonies {
  const rpID = new URL(issuer).hostname;
  const until = () => new Date(clock().getTime() + CARE.passkeyChallenge * 1000);
  const remember = async <T extends { challenge: string }>(context: string, options: T): Promise<T> => {
    await storage.passkeys.challenge(context, options.challenge, until());
    return options;
  };
  const named = ({ credentialId, transports }: Passkey) => ({ id: credentialId, transports: [...transports] });

  /** There may be two of it: it opens nothing any more, and its owner is told. */
  async function suspend(passkey: Passkey, line: Omit<AuditLine, 'event'>, request: RequestInfo): Promise<void> {
    const notices: string[] = [];
    await storage.transaction(async (tx) => {
      if (!(await tx.passkeys.suspend(passkey.id, clock()))) return;
      await tx.audit.write({ event: 'passkey.cloned', ...line, details: { passkey: passkey.id } });
      const account = await tx.accounts.byId(passkey.accountId);
      if (!account) return;
      const act = { account, at: clock(), locale: account.locale ?? 'fr', request };
      notices.push(...(await circumstances.tell(tx, act, 'passkey-cloned', { name: passkey.name })));
    });
    await notifier.announce(notices);
  }

  return {
    async registrationOptions(account, context) {
      const known = await storage.passkeys.of(account.id);
      const options = await (await library()).generateRegistrationOptions({
        rpName: platform,
        rpID,
        userID: bytes(account.id),
        userName: account.login ?? account.email ?? `${account.givenName} ${account.familyName}`,
        userDisplayName: `${account.givenName} ${account.familyName}`,
        challenge: bytes(randomToken()),
        // Kept when the authenticator gives one; demanded of nobody.
        attestationType: 'direct',
        excludeCredentials: known.map(named),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      return remember(context, options);
    },

    async registered(account, context, response, name) {
      const answer: Attestation = parsed(attestation, response);
      const verified = await (await library())
        .verifyRegistrationResponse({
          response: answer,
          expectedChallenge: (challenge) => storage.passkeys.redeem(context, challenge, clock()),
          expectedOrigin: issuer,
          expectedRPID: rpID,
          requireUserVerification: true,
        })
        .catch((cause: Error) => {
          throw new UserError('passkey-refused', { why: cause.message }, cause);
        });
      if (!verified.verified) throw new UserError('passkey-refused');
      const { credential, aaguid, fmt, attestationObject, credentialDeviceType } = verified.registrationInfo;
      return {
        id: randomUUID(),
        accountId: account.id,
        credentialId: credential.id,
        publicKey: Uint8Array.from(credential.publicKey),
        counter: credential.counter,
        transports: answer.response.transports ?? [],
        aaguid,
        synced: credentialDeviceType === 'multiDevice',
        attestationFormat: fmt,
        attestation: attestationObject,
        name: name.trim() || (AAGUIDS[aaguid] ?? 'Passkey'),
        createdAt: clock(),
      };
    },

    async authenticationOptions(context, accountId) {
      const keys = accountId === undefined ? [] : await storage.passkeys.of(accountId);
      const options = await (await library()).generateAuthenticationOptions({
        rpID,
        challenge: bytes(randomToken()),
        allowCredentials: keys.map(named),
        userVerification: 'required',
      });
      return remember(context, options);
    },

    async check(context, response, { request, clientId, accountId: whose }) {
      const answer: Assertion = parsed(assertion, response);
      const passkey = await storage.passkeys.byCredential(answer.id);
      const { supportCode, address } = request;
      const line = { mode: 'cle-acces', clientId, supportCode, address, accountId: passkey?.accountId };
      const refuse = async (why: string, cause?: unknown): Promise<never> => {
        await storage.audit.write({ event: 'passkey.refused', ...line });
        throw new UserError('passkey-refused', { why }, cause);
      };
      if (!passkey) return refuse('unknown');
      if (whose !== undefined && passkey.accountId !== whose) return refuse('another account');
      const { userHandle } = answer.response;
      if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== passkey.accountId)
        return refuse('another account');
      const { credentialId: id, publicKey, transports } = passkey;
      const verified = await (await library())
        .verifyAuthenticationResponse({
          response: answer,
          expectedChallenge: (challenge) => storage.passkeys.redeem(context, challenge, clock()),
          expectedOrigin: issuer,
          expectedRPID: rpID,
          // The library looks at the counter before the signature: a forged answer could then suspend anybody's key.
          credential: { id, publicKey, counter: 0, transports: [...transports] },
          requireUserVerification: true,
        })
        .catch((cause: Error) => refuse(cause.message, cause));
      if (!verified.verified) return refuse('signature');
      if (passkey.suspendedAt) throw new UserError('passkey-cloned');
      const { newCounter } = verified.authenticationInfo;
      // WebAuthn §6.1.1. Those who have no counter say 0 always.
      if ((passkey.counter > 0 || newCounter > 0) && newCounter <= passkey.counter) {
        await suspend(passkey, line, request);
        throw new UserError('passkey-cloned');
      }
      return {
        passkey,
        amr: [passkey.synced ? 'swk' : 'hwk', ...ACR_AMR],
        async spend(tx) {
          if (!(await tx.passkeys.used(passkey.id, newCounter, clock()))) throw new UserError('passkey-refused');
          await tx.audit.write({ event: 'sign-in.passkey-accepted', ...line, details: { passkey: passkey.id } });
        },
      };
    },
  };
}
