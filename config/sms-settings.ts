import { z } from 'zod';
import { DELIVERY_REASONS } from './delivery-reasons.ts';
import { address, json } from './setting-types.ts';

/** Where a value stands in somebody else's JSON: `messages.0.id`; `*` is each one of a list. */
const JSON_PLACE = /^[\w@$:-]{1,100}(\.(\*|[\w@$:-]{1,100})){0,10}$|^\*(\.[\w@$:-]{1,100}){1,10}$/;

const place = z.string().regex(JSON_PLACE, 'must be a place in JSON, such as messages.0.id');
const reason = z.enum(DELIVERY_REASONS);

/** What of a provider's answer is read. */
const answer = z.strictObject({
  /** Where the name of the message stands, by which receipts speak of it. */
  id: place.optional(),
  /** Where it says why it does not take a message, and what each word or number there means. */
  why: place.optional(),
  reasons: z.record(z.string().min(1).max(100), reason).default({}),
});
export type SmsAnswer = z.infer<typeof answer>;

/** How a provider's receipts are read. */
const receipt = z.strictObject({
  /** The header that proves whose receipt it is. */
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .default('authorization'),
  /** `secret`: it is SMS_RECEIPT_SECRET itself; `hmac-sha256`: it is that of the body under it, in hex or base64. */
  proof: z.enum(['secret', 'hmac-sha256']).default('secret'),
  id: place,
  state: place,
  states: z.record(z.string().min(1).max(100), z.enum(['reached', 'unknown', ...DELIVERY_REASONS])),
});
export type SmsReceipt = z.infer<typeof receipt>;

const read = <T>(schema: z.ZodType<T>, form: string) =>
  z.string().transform((text, context): T => {
    try {
      const { data, success, error } = schema.safeParse(JSON.parse(text));
      if (success) return data;
      const [issue] = error.issues;
      context.addIssue({ code: 'custom', message: `${issue?.path.join('.')}: ${issue?.message}; its form is ${form}` });
    } catch {
      // Not JSON: what a parser says of it helps nobody.
      context.addIssue({ code: 'custom', message: `must be JSON: ${form}` });
    }
    return z.NEVER;
  });

const answerSetting = read(answer, '{"id":"<place>","why":"<place>","reasons":{"<said>":"<reason>"}}');
const receiptSetting = read(
  receipt,
  '{"header":"<name>","proof":"secret"|"hmac-sha256","id":"<place>","state":"<place>","states":{"<said>":"reached"|"unknown"|"<reason>"}}',
);
const SECRET_LEAST = 32;
const secret = z.string().min(SECRET_LEAST, `must have ${SECRET_LEAST} characters at least`);

/** Settings of the providers that send SMS. */
export const smsSettings = {
  SMS_URL: address('https:', 'http:').optional().describe('where an SMS is POSTed; none: the sandbox inbox'),
  SMS_HEADERS: json.default({}).describe('headers of that request, a JSON object'),
  SMS_BODY: z.string().default('{"to":"{{to}}","text":"{{text}}"}').describe('its JSON body, with {{to}} and {{text}}'),
  SMS_ANSWER: answerSetting
    .optional()
    .describe('JSON: where its answer names the message and says why it is refused (docs/mail.md)'),
  SMS_RECEIPT: receiptSetting
    .optional()
    .describe(
      'JSON: how its delivery receipts, POSTed to /sms/receipts/first, are read (docs/mail.md); none: none is taken',
    ),
  SMS_RECEIPT_SECRET: secret.optional().describe('what proves that a receipt is that provider’s (secret)'),
  SMS_FALLBACK_URL: address('https:', 'http:').optional().describe('a second provider, tried when the first fails'),
  SMS_FALLBACK_HEADERS: json.default({}).describe('as SMS_HEADERS, for the second provider'),
  SMS_FALLBACK_BODY: z
    .string()
    .default('{"to":"{{to}}","text":"{{text}}"}')
    .describe('as SMS_BODY, for the second provider'),
  SMS_FALLBACK_ANSWER: answerSetting.optional().describe('as SMS_ANSWER, for the second provider'),
  SMS_FALLBACK_RECEIPT: receiptSetting
    .optional()
    .describe('as SMS_RECEIPT, for the second provider and /sms/receipts/second'),
  SMS_FALLBACK_RECEIPT_SECRET: secret.optional().describe('as SMS_RECEIPT_SECRET, another one (secret)'),
};

type SmsSettings = { readonly [Name in keyof typeof smsSettings]?: z.infer<(typeof smsSettings)[Name]> };

/** A receipt that nobody proves, or that speaks of no message, would be a way to have somebody's phone left out. */
export function smsProblems(settings: SmsSettings): { name: keyof SmsSettings; message: string }[] {
  const problems: { name: keyof SmsSettings; message: string }[] = [];
  for (const prefix of ['SMS', 'SMS_FALLBACK'] as const) {
    if (!settings[`${prefix}_RECEIPT`]) continue;
    if (!settings[`${prefix}_RECEIPT_SECRET`])
      problems.push({ name: `${prefix}_RECEIPT_SECRET`, message: `is required with ${prefix}_RECEIPT` });
    if (!settings[`${prefix}_ANSWER`]?.id)
      problems.push({ name: `${prefix}_ANSWER`, message: `needs an id with ${prefix}_RECEIPT: it names the message` });
  }
  const { SMS_RECEIPT_SECRET: one, SMS_FALLBACK_RECEIPT_SECRET: other } = settings;
  if (one !== undefined && one === other)
    problems.push({ name: 'SMS_FALLBACK_RECEIPT_SECRET', message: 'must be another one than SMS_RECEIPT_SECRET' });
  return problems;
}
