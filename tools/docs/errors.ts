import { texts } from '../../interactions/error/texts.ts';
import { type ErrorCode, STATUS } from '../../src/http/errors.ts';
import { table } from './table.ts';

/** Every error a person or an integrator may meet, from the code and the texts of its page. */
export function errorsPage(): string {
  const sentence = (code: ErrorCode, lang: 'fr' | 'en') =>
    `**${texts[lang][`error.${code}.title`]}.** ${texts[lang][`error.${code}.text`]}`;
  const rows = (Object.keys(STATUS) as ErrorCode[]).map((code) => [
    `\`${code}\``,
    String(STATUS[code]),
    sentence(code, 'fr'),
    sentence(code, 'en'),
  ]);
  return `# Errors

<!-- Made by \`npm run docs\` from src/http/errors.ts and interactions/error/texts.ts: change those. -->

Every error page carries a short support code. The log line of the refusal carries the same code, with the error code
below, so that a person on the phone leads to what happened. A request that accepts JSON receives
\`{ "error": "<code>", "support_code": "<support code>" }\`.

${table(['Code', 'Status', 'Français', 'English'], rows)}
`;
}
