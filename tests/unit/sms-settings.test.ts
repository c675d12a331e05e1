import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type SmsReceipt, smsProblems, smsSettings } from '../../config/sms-settings.ts';
import { isProven, readReceipts } from '../../src/delivery/receipt-route.ts';
import { valuesAt } from '../../src/http/json-place.ts';

const SECRET = 'a-secret-of-thirty-two-characters-at-least';
const RECEIPT: SmsReceipt = {
  header: 'authorization',
  proof: 'secret',
  id: 'id',
  state: 'status',
  states: { ok: 'reached', gone: 'unknown-recipient', later: 'unknown' },
};

describe('where a value stands in JSON', () => {
  const json = { messages: [{ id: 'a', n: 7 }, { id: 'b' }], 'x:y': { z: 'c' }, deep: null };
  test.each([
    ['messages.0.id', ['a']],
    ['messages.*.id', ['a', 'b']],
    ['messages.*.n', ['7', undefined]],
    ['x:y.z', ['c']],
    ['messages.9.id', [undefined]],
    ['deep.er', [undefined]],
    ['messages', [undefined]],
    ['constructor.name', [undefined]],
    ['x:y.*.z', [undefined]],
  ])('%s', (place, values) => {
    expect(valuesAt(json, place)).toEqual(values);
  });
});

describe('a receipt proves whose it is', () => {
  const body = '{"id":"a","status":"ok"}';
  const signed = createHmac('sha256', SECRET).update(body).digest();
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each([
    ['secret', SECRET, true],
    ['secret', `Bearer ${SECRET}`, true],
    ['secret', basic(`mire:${SECRET}`), true],
    ['secret', basic(`mire:no`), false],
    ['secret', basic(SECRET), true],
    ['secret', '', false],
    ['secret', `${SECRET}x`, false],
    ['secret', signed.toString('hex'), false],
    ['hmac-sha256', signed.toString('hex'), true],
    ['hmac-sha256', signed.toString('hex').toUpperCase(), true],
    ['hmac-sha256', `sha256=${signed.toString('hex')}`, true],
    ['hmac-sha256', signed.toString('base64'), true],
    ['hmac-sha256', SECRET, false],
    ['hmac-sha256', '', false],
  ] as const)('%s: %p is %p', (proof, header, proven) => {
    expect(isProven({ secret: SECRET, receipt: { ...RECEIPT, proof } }, header, body)).toBe(proven);
  });

  test('a body that was changed on its way proves nothing', () => {
    const receipt = { ...RECEIPT, proof: 'hmac-sha256' } as const;
    expect(isProven({ secret: SECRET, receipt }, signed.toString('hex'), body.replace('ok', 'gone'))).toBe(false);
  });
});

describe('what a receipt says', () => {
  test('one, as JSON or as a form has it', () => {
    expect(readReceipts(RECEIPT, { id: 'a', status: 'gone' })).toEqual([
      { messageId: 'a', state: 'unknown-recipient' },
    ]);
  });
  test('a word that the setting does not name says nothing', () => {
    for (const status of ['invented', 'toString', '__proto__'])
      expect(readReceipts(RECEIPT, { id: 'a', status })).toEqual([{ messageId: 'a', state: 'unknown' }]);
  });
  test('many, of which one has no name and one no state', () => {
    const many = { ...RECEIPT, id: '*.id', state: '*.status' };
    const body = [{ id: 'a', status: 'ok' }, { status: 'gone' }, { id: 'c' }];
    expect(readReceipts(many, body)).toEqual([
      { messageId: 'a', state: 'reached' },
      { messageId: 'c', state: 'unknown' },
    ]);
    expect(readReceipts(many, Array(501).fill(body[0]))).toEqual([]);
  });
});

describe('the settings', () => {
  const reads = (text: string) => smsSettings.SMS_RECEIPT.safeParse(text);
  test('have defaults, and say what is wrong', () => {
    const { header, proof, ...given } = RECEIPT;
    expect(reads(JSON.stringify(given)).data).toEqual({ ...given, header, proof });
    expect(reads('{').error?.issues[0]?.message).toContain('must be JSON');
    expect(reads(JSON.stringify({ ...RECEIPT, states: { gone: 'dead' } })).success).toBe(false);
    expect(reads(JSON.stringify({ ...RECEIPT, id: 'a..b' })).error?.issues[0]?.message).toContain('messages.0.id');
    expect(smsSettings.SMS_ANSWER.safeParse('{"reasons":{"7":"unknown-recipient"}}').success).toBe(true);
    expect(smsSettings.SMS_RECEIPT_SECRET.safeParse('short').success).toBe(false);
  });

  test.each([
    [{ SMS_RECEIPT: RECEIPT }, ['SMS_RECEIPT_SECRET', 'SMS_ANSWER']],
    [{ SMS_RECEIPT: RECEIPT, SMS_RECEIPT_SECRET: SECRET, SMS_ANSWER: { reasons: {} } }, ['SMS_ANSWER']],
    [{ SMS_RECEIPT: RECEIPT, SMS_RECEIPT_SECRET: SECRET, SMS_ANSWER: { id: 'id', reasons: {} } }, []],
    [{ SMS_RECEIPT_SECRET: SECRET, SMS_FALLBACK_RECEIPT_SECRET: SECRET }, ['SMS_FALLBACK_RECEIPT_SECRET']],
  ])('that would leave receipts unproven, or about nothing, are refused: %#', (settings, names) => {
    expect(smsProblems(settings).map(({ name }) => name)).toEqual(names);
  });
});
