import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PACE } from '../../config/pace.ts';
import { demoClients } from '../../src/sandbox/clients.ts';
import { Application, CALLBACK } from '../support/clients/application.ts';
import { Browser } from '../support/http/browser.ts';
import { inTime, until } from '../support/jest/until.ts';
import { freePort, type RunningMire, startMire } from '../support/mire.ts';
import { PROMPT_QUEUE } from '../support/pace.ts';
import { signInByPassword } from '../support/sign-in/journeys.ts';

describe('an application that is away when a session ends', () => {
  let mire: RunningMire;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const queue = { ...PROMPT_QUEUE, second: PACE.queue.second / 60 };
    const away = {
      client_id: 'away',
      client_secret: 'away-sandbox-secret',
      redirect_uris: [CALLBACK],
      first_party: true,
      minimum_acr: 'eidas1' as const,
      backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
    };
    mire = await startMire({ added: { clients: [...demoClients('http://localhost'), away], pace: { queue } } });
  });
  afterAll(() => mire.close());

  // Retries come after 1, 2, 4, 8, 16 and 32 seconds: a minute in the product, a second here.
  test('is told although nothing listened there for the first minute', async () => {
    const browser = new Browser(mire.issuer);
    await signInByPassword(browser, (await (await Application.discover(mire.issuer, 'away')).start()).url);
    await browser.get(`${mire.issuer}/logout`);
    await browser.submit({ logout: 'yes' }, '/logout/confirm');
    const tries = () => mire.logs.filter((line) => line.includes('"queue":"logouts"') && line.includes('not done yet'));
    await until('six tries in vain', () => tries().length >= 6);
    const listened = new Promise<string>((resolve) => {
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          response.end();
          server.close();
          resolve(body);
        });
      }).listen(port, '127.0.0.1');
    });
    const told = await inTime('a logout token', listened);
    expect(new URLSearchParams(told).get('logout_token')?.split('.')).toHaveLength(3);
  });
});
