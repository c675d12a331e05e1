import { expect, test } from '@jest/globals';
import { readSettings } from '../../config/settings.ts';
import { hasRoomForBinding } from '../../src/delivery/messages.ts';
import { settingsReport, TOO_LONG_FOR_BINDING } from '../../src/main/settings.ts';
import { testSecrets } from '../support/mire.ts';

const LONG = `${'connexion-des-professionnels.'.repeat(3)}sante-exemple.fr`;
const sender = (host: string) => ({ platform: 'Portail', host, supportUrl: 'https://assistance.sante-exemple.fr/' });
const report = (host: string) => settingsReport(readSettings({ ISSUER: `https://${host}` }, testSecrets));

test.each([
  ['mire.sante-exemple.fr', true],
  [LONG, false],
])('where the host is %s, every SMS has the line by which a browser fills the code in: %p', (host, has) => {
  expect(hasRoomForBinding(sender(host))).toBe(has);
  expect(report(host).includes(TOO_LONG_FOR_BINDING)).toBe(!has);
});
