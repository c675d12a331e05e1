import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoClients } from '../../src/sandbox/clients.ts';
import { Application, CALLBACK } from '../support/clients/application.ts';
import { Browser } from '../support/http/browser.ts';
import { freePort, type RunningMire, startMire } from '../support/mire.ts';
import { signInByPassword } from '../support/sign-in/journeys.ts';

describe('an application that is away when a session ends', () => {
  let mire: RunningMire;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const away = {
      client_id: 'away',
      client_secret: 'away-sandbox-secret',
      redirect_uris: [CALLBACK],
      first_party: true,
      minimum_acr: 'eidas1' as const,
      backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
    };
    mire = await startMire({ added: { clients: [...demoClients('http://localhost'), away] } });
  });
  afterAll(() => mire.close());

  // In real time: retries come after 1, 2, 4, 8, 16 and 32 seconds, so the one that succeeds is about a minute away.
  test('is told although nothing listened there for the first minute', async () => {
    const browser = new Browser(mire.issuer);
    await signInByPassword(browser, (await (await Application.discover(mire.issuer, 'away')).start()).url);
    await browser.get(`${mire.issuer}/logout`);
    await browser.submit({ logout: 'yes' }, '/logout/confirm');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const told = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('it was never told')), 60_000);
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          clearTimeout(late);
          response.end();
          server.close();
          resolve(body);
        });
      }).listen(port, '127.0.0.1');
    });
    expect(new URLSearchParams(told).get('logout_token')?.split('.')).toHaveLength(3);
  }, 140_000);
});
