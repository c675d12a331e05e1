import { MODES } from '../../config/modes.ts';
import { describeSettings, MASKED, type Settings } from '../../config/settings.ts';
import { hasRoomForBinding } from '../delivery/messages.ts';
import { messageSender } from './mail.ts';

/** Codes are typed by hand there; nothing else is missing. */
export const TOO_LONG_FOR_BINDING =
  'Warning: the host of ISSUER is too long for one SMS with a code: browsers will not fill codes in (WebOTP).';

/** What is in force, for a person to read: secrets masked, and which modes the law sees otherwise. */
export function settingsReport(settings: Settings): string {
  const values = settings as unknown as Record<string, unknown>;
  const shown = (name: string) => {
    const value = values[name];
    if (value === undefined) return '(none)';
    if (MASKED.has(name)) return '(set, not shown)';
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const width = Math.max(...describeSettings().map(({ name }) => name.length));
  const lines = describeSettings().map(
    ({ name, text }) => `${name.padEnd(width)}  ${shown(name)}${text ? `\n${' '.repeat(width)}    ${text}` : ''}`,
  );
  const outside = (version: 'v1' | 'v2') =>
    MODES.filter(({ id, outsideRie }) => settings.MODES.includes(id) && outsideRie[version]).map(({ id }) => id);
  const binds = hasRoomForBinding(messageSender(settings));
  return [
    ...lines,
    ...(binds ? [] : ['', TOO_LONG_FOR_BINDING]),
    '',
    `Modes in force outside RIE v1 (arrêté of 28 March 2022): ${outside('v1').join(', ') || 'none'}`,
    `Modes in force outside RIE v2 (draft): ${outside('v2').join(', ') || 'none'}`,
  ].join('\n');
}
