import { expect, test } from '@jest/globals';
import { shownBrowser } from '../../interactions/browser-name.ts';
import { whence } from '../../src/delivery/whence.ts';

const PLACE = 'Hôpital fictif, Lyon';
const EDGE = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0';
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

test.each([
  [EDGE, PLACE, 'Edge sur Windows (réseau : Hôpital fictif, Lyon)', 'Edge on Windows (network: Hôpital fictif, Lyon)'],
  [SAFARI, undefined, 'Safari sur iOS', 'Safari on iOS'],
  [FIREFOX, undefined, 'Firefox sur Linux', 'Firefox on Linux'],
  [undefined, undefined, 'un appareil que nous ne reconnaissons pas', 'a device that we do not recognise'],
])('%p, %p', (userAgent, place, french, english) => {
  expect(whence({ userAgent, place }, 'fr')).toBe(french);
  expect(whence({ userAgent, place }, 'en')).toBe(english);
});

test('whoever asks for a mail to somebody else wrote a word of their own into it, as the name of a browser', () => {
  for (const userAgent of ['evil.example', 'Appelez-le-0899/1.0', 'https://evil.example/'])
    expect(whence({ userAgent, place: undefined }, 'fr')).toBe('un appareil que nous ne reconnaissons pas');
  // A page of its owner alone shows it.
  expect(shownBrowser('curl/8.0', 'fr')).toBe('curl');
});
