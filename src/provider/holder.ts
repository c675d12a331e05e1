import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeProtectedHeader, type JWK } from 'jose';
import type Provider from 'oidc-provider';
import { KEYS } from '../../config/key-settings.ts';
import type { Log } from '../log.ts';
import type { SigningKeys } from './keys.ts';
import { ROUTES } from './routes.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The Provider in force. It is replaced whole when keys change; requests in flight end on the old one. */
export interface ProviderHolder {
  current(): Provider;
  /** Answers one request of the protocol. */
  answer: Answer;
  /** Looks at the keys in the database, and takes them over if they changed. Never fails: what is held stays good. */
  refresh(): Promise<void>;
  /** Looks at the keys now and then. @returns how to stop. */
  watch(): () => void;
}

export interface HolderParts {
  readonly keys: SigningKeys;
  readonly jwks: { keys: JWK[] };
  /** @param renewed looks at the keys in the database again */
  readonly build: (jwks: { keys: JWK[] }, renewed: () => Promise<readonly JWK[]>) => Provider;
  readonly log: Log;
}

/**
 * A key signs only once every process could have published it, but no process needs to have seen it: whoever is asked
 * for the keys looks first, and so does whoever meets a token of ours under a key it does not know.
 */
export function createHolder({ keys, jwks, build, log }: HolderParts): ProviderHolder {
  let held = '';
  let set = jwks;
  let provider: Provider;
  let answer: Answer;
  let looking: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;

  const renewed = async () => {
    await refresh();
    return set.keys;
  };
  const hold = (next: { keys: JWK[] }) => {
    set = next;
    held = set.keys.map(({ kid }) => kid).join();
    provider = verifyingWith(build(set, renewed));
    answer = provider.callback() as Answer;
  };

  const look = async () => {
    try {
      // Active first: an order that changed is a key that signs now.
      const now = (await keys.list()).map(({ kid }) => kid).join();
      if (now === held) return;
      hold({ keys: await keys.open() });
      log.info({ keys: now }, 'the signing keys changed');
    } catch (err) {
      log.error({ err }, 'the signing keys could not be looked at');
    }
  };

  const refresh = () => {
    // Those who ask meanwhile share one look, which begins after they asked: an earlier one may have missed a key.
    queued ??= looking.then(() => {
      queued = undefined;
      looking = look();
      return looking;
    });
    return queued;
  };

  /** A token under a key that is not held here: another process may have put it in use a moment ago. */
  const verifyingWith = (built: Provider): Provider => {
    const { IdToken } = built as unknown as { IdToken: { validate(jwt: string, client: unknown): Promise<unknown> } };
    const validate = IdToken.validate.bind(IdToken);
    IdToken.validate = async (jwt, client) => {
      if (isKnown(jwt)) return validate(jwt, client);
      await refresh();
      if (provider === built) return validate(jwt, client);
      return (provider as unknown as { IdToken: typeof IdToken }).IdToken.validate(jwt, client);
    };
    return built;
  };
  const isKnown = (jwt: string): boolean => {
    try {
      const { kid } = decodeProtectedHeader(jwt);
      return kid === undefined || held.split(',').includes(kid);
    } catch {
      return true;
    }
  };

  hold(jwks);
  return {
    current: () => provider,
    async answer(request, response) {
      if (request.url?.split('?')[0] === ROUTES.jwks) await refresh();
      return answer(request, response);
    },
    refresh,
    watch() {
      const timer = setInterval(() => void refresh(), KEYS.watch * 1000);
      return () => clearInterval(timer);
    },
  };
}
