import { SMS_WITHIN } from '../../config/pace.ts';
import { reasonOfHttp } from '../../src/delivery/answers.ts';
import { DeliveryRefused, type SmsSender } from '../../src/delivery/ports.ts';
import { ConfigError } from '../../src/http/errors.ts';
import { jsonTemplate } from './json-template.ts';

export interface HttpSmsOptions {
  /** For logs and metrics. */
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON with `{{to}}`, `{{text}}` and, if the provider can drop doubles, `{{id}}` inside its strings. */
  readonly body: string;
  /** Milliseconds to answer in. */
  readonly within?: number;
}

/** E.164. */
const NUMBER = /^\+[1-9]\d{6,14}$/;

/**
 * SMS over HTTP: one POST, any 2xx is an acceptance.
 * @throws {ConfigError} when the request cannot be made of these options.
 */
export function createHttpSmsSender({ name, url, headers, body, within = SMS_WITHIN }: HttpSmsOptions): SmsSender {
  const { username, password } = new URL(url);
  // fetch refuses such addresses at each send, with the address in its message.
  if (username || password) throw new ConfigError(`${name}: credentials belong in the headers, not in the URL`);
  const fill = jsonTemplate(`the body of ${name}`, body, ['to', 'text'], ['id']);
  const sentHeaders = checkedHeaders(name, headers);
  return {
    name,
    async send({ to, text, id }) {
      if (!NUMBER.test(to)) throw new DeliveryRefused(`${name}: not a number`, 'not-an-address');
      const response = await fetch(url, {
        method: 'POST',
        headers: sentHeaders,
        body: fill({ to, text, id }),
        // A redirect would carry the code somewhere nobody configured.
        redirect: 'manual',
        signal: AbortSignal.timeout(within),
      }).catch((error: unknown) => {
        throw new DeliveryRefused(`${name}: ${reasonOf(error)}`, reasonOfHttp(undefined));
      });
      // Unread bodies keep their connection busy; what an already accepted request answers no longer matters.
      await response.body?.cancel().catch(() => undefined);
      if (response.ok) return name;
      throw new DeliveryRefused(`${name}: HTTP ${response.status}`, reasonOfHttp(response.status));
    },
  };
}

function checkedHeaders(name: string, headers: Readonly<Record<string, string>>): Headers {
  try {
    const checked = new Headers(headers);
    if (!checked.has('content-type')) checked.set('content-type', 'application/json');
    return checked;
  } catch {
    // The error of Headers quotes the value, which may be a key.
    throw new ConfigError(`${name}: a header name or value is not valid`);
  }
}

/** `ECONNREFUSED` and the like: fetch hides it in the cause, and its messages hold addresses. */
function reasonOf(error: unknown): string {
  const { name, cause } = Object(error) as { name?: unknown; cause?: unknown };
  const { code } = Object(cause) as { code?: unknown };
  return [code, name].find((reason) => typeof reason === 'string') ?? 'unknown failure';
}
