import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonTemplate } from '../../adapters/sms/json-template.ts';
import { ConfigError } from '../../src/http/errors.ts';

const fillOf = (template: string) => jsonTemplate('SMS_BODY', template, ['to', 'text'], ['id']);

test('whatever a value holds, it stays one string in its place', () => {
  const fill = fillOf('{"to":"{{to}}","msg":{"body":["<{{ text }}>",7,null,true]}}');
  fc.assert(
    fc.property(fc.string(), fc.string(), (to, text) => {
      expect(JSON.parse(fill({ to, text, id: '' }))).toEqual({ to, msg: { body: [`<${text}>`, 7, null, true] } });
    }),
  );
});

test('a value that looks like a placeholder or a replacement pattern is not filled in again', () => {
  const filled = fillOf('{"to":"{{to}}","text":"{{text}}"}')({ to: '{{text}}', text: "$& $1 $' {{to}}", id: '' });
  expect(JSON.parse(filled)).toEqual({ to: '{{text}}', text: "$& $1 $' {{to}}" });
});

describe('a template is refused at the start', () => {
  test.each([
    ['is not JSON', '{"to":{{to}},"text":"{{text}}"}', /not JSON/],
    ['misses the number', '{"text":"{{text}}"}', /\{\{to\}\}/],
    ['has it as a name only', '{"{{to}}":1,"text":"{{text}}"}', /\{\{to\}\}/],
    ['names something unknown', '{"to":"{{to}}","text":"{{text}}{{code}}"}', /\{\{code\}\}/],
  ])('when it %s', (_, template, message) => {
    expect(() => fillOf(template)).toThrow(ConfigError);
    expect(() => fillOf(template)).toThrow(message);
  });
});
