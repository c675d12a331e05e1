import { SMS_WITHIN } from '../../config/pace.ts';
import type { SmsAnswer } from '../../config/sms-settings.ts';
import { reasonOfHttp } from '../../src/delivery/answers.ts';
import { DeliveryRefused, type SmsSender } from '../../src/delivery/ports.ts';
import { ConfigError } from '../../src/http/errors.ts';
import { valuesAt } from '../../src/http/json-place.ts';
import { boundedText } from './bounded-text.ts';
import { jsonTemplate } from './json-template.ts';

export interface HttpSmsOptions {
  /** For logs and metrics. */
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON with `{{to}}`, `{{text}}` and, if the provider can drop doubles, `{{id}}` inside its strings. */
  readonly body: string;
  /** What of its answer is read; none: its status alone. */
  readonly answer?: SmsAnswer | undefined;
  /** Milliseconds to answer in. */
  readonly within?: number;
}

/** E.164. */
const NUMBER = /^\+[1-9]\d{6,14}$/;

/**
 * SMS over HTTP: one POST, any 2xx is an acceptance.
 * @throws {ConfigError} when the request cannot be made of these options.
 */
export function createHttpSmsSender({
  name,
  url,
  headers,
  body,
  answer,
  within = SMS_WITHIN,
}: HttpSmsOptions): SmsSender {
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
      const said = await readAnswer(response, answer);
      // Some answer 200 and say in words that they did not take it.
      const why = said.why === undefined ? undefined : answer?.reasons[said.why];
      if (response.ok && why === undefined) return { provider: name, messageId: said.id };
      // Only a word that the operator wrote down: anything else may quote the number.
      const words = why === undefined ? '' : ` ${said.why}`;
      throw new DeliveryRefused(`${name}: HTTP ${response.status}${words}`, why ?? reasonOfHttp(response.status));
    },
  };
}

/** An answer is short. */
const ANSWER_MAX = 64 * 1024;
/** Longer names are no provider's. */
const ID_MAX = 200;

interface Said {
  readonly id?: string | undefined;
  readonly why?: string | undefined;
}

/** What it says besides its status. A message that was taken is sent, whatever becomes of the rest of the answer. */
async function readAnswer(response: Response, answer: SmsAnswer | undefined): Promise<Said> {
  const text = answer && (await boundedText(response, ANSWER_MAX));
  // Unread bodies keep their connection busy.
  if (text === undefined) await response.body?.cancel().catch(() => undefined);
  if (answer === undefined || text === undefined) return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // No JSON after all: a proxy's page, or nothing.
    return {};
  }
  const [id, why] = [answer.id, answer.why].map((place) => place && valuesAt(json, place).find((one) => one));
  return {
    id: id && id.length <= ID_MAX ? id : undefined,
    why: why !== undefined && Object.hasOwn(answer.reasons, why) ? why : undefined,
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
