import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { createAdapterFactory } from '../../adapters/oidc/adapter.ts';
import { createVault } from '../../src/protection/secrets.ts';
import { DesktopClient } from '../../src/sandbox/desktop-client.ts';
import { ownCertificate } from '../../src/sandbox/tls-front.ts';
import { Application, CALLBACK } from '../support/clients/application.ts';
import { cibaClient } from '../support/clients/ciba-client.ts';
import { catchMail, type MailCatcher } from '../support/delivery/mail-catcher.ts';
import { shown } from '../support/desktop/desktops.ts';
import { Browser, type Send } from '../support/http/browser.ts';
import { describeWith } from '../support/jest/services.ts';
import { freePort } from '../support/mire.ts';
import {
  command,
  type Environment,
  type MireProcess,
  productionEnvironment,
  type Replica,
  startReplica,
  startWorker,
} from '../support/servers/production.ts';
import { emptyDatabase, type TestDatabase } from '../support/storage/database.ts';

const ISSUER = 'https://mire.test';
const PERSON = { login: 'cleroy', password: 'Onze pommes sur la table 7' };
const SECRET = 'a secret of the messaging application';

describeWith('postgres', 'a web process that dies between a request and its approval', () => {
  let database: TestDatabase;
  let mail: MailCatcher;
  let environment: Environment;
  let folder: string;
  let listening: Server;
  let replicas: Replica[] = [];
  let worker: MireProcess;
  let desktop: DesktopClient;
  const pings: string[] = [];
  let heard: () => void = () => undefined;

  /** Always to the first one that lives. */
  const send: Send = (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-proto', 'https');
    headers.set('x-forwarded-host', url.host);
    headers.set('x-forwarded-for', '192.0.2.7');
    return fetch(`http://127.0.0.1:${replicas[0]?.port}${url.pathname}${url.search}`, { ...init, headers });
  };
  const through = { [client.customFetch]: (url: string, init: unknown) => send(new URL(url), init as RequestInit) };
  const browser = () => new Browser(ISSUER, {}, send);

  async function kill(): Promise<void> {
    const dead = replicas.shift();
    dead?.process.signal('SIGKILL');
    await dead?.process.ended();
  }

  async function signIn(visitor: Browser, url: URL, first: boolean): Promise<URL> {
    await visitor.get(url);
    if (!visitor.current?.url.pathname.endsWith('/code-ephemere')) await visitor.click('Code Éphémère');
    await visitor.submit(PERSON);
    const code = /\b\d{6}\b/.exec((await mail.next()).text)?.[0] ?? '';
    const back = await visitor.submit({ code });
    return first ? (await visitor.submit({}, '/terms')).url : back.url;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mire-pings-'));
    [database, mail] = await Promise.all([emptyDatabase('postgres'), catchMail()]);
    const certificate = await ownCertificate();
    const trusted = join(folder, 'ping.pem');
    writeFileSync(trusted, certificate.cert);
    listening = createServer(certificate, async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      pings.push(`${request.headers.authorization} ${body}`);
      // Away for the first try.
      response.writeHead(pings.length === 1 ? 503 : 204).end();
      heard();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
    environment = productionEnvironment({
      ISSUER,
      DATABASE_URL: database.url,
      MAIL_URL: mail.url,
      INTERNAL_HOSTS: 'localhost',
      SHUTDOWN_GRACE: '300',
      NODE_EXTRA_CA_CERTS: trusted,
    });
    await command(['migrate'], environment);
    const account = ['--family-name', 'Leroy', '--given-name', 'Claire', '--login', PERSON.login];
    const mailed = ['--email', 'claire.leroy@hopital.test', '--email-verified', '--password-stdin'];
    const added = command(['accounts', 'add', ...account, ...mailed], environment, `${PERSON.password}\n`);
    // As docs/desktop-protocol.md says it.
    const modes = ['--allowed-mode', 'cps', 'code-ephemere', 'compte-local', 'psc'];
    const marks = ['application_type=native', 'dpop_bound_access_tokens=true', 'desktop_application=true'];
    const asked = ['--redirect-uri', 'http://127.0.0.1/callback', '--scope', 'openid profile desktop'];
    const grants = ['--grant-type', 'authorization_code', 'refresh_token'];
    const named = ['--name', 'MonSisra', '--auth-method', 'none', '--first-party'];
    const desktopClient = [...named, ...asked, ...grants, ...modes, '--set', ...marks];
    const registered = command(['clients', 'add', 'monsisra', ...desktopClient], environment);
    const { DATA_KEYS = '', INDEX_KEY = '' } = environment;
    const clients = createAdapterFactory({
      database: database.database,
      vault: createVault(DATA_KEYS.split(','), INDEX_KEY),
      now: () => new Date(),
    })('Client');
    const metadata = [
      cibaClient('officine', {
        backchannel_token_delivery_mode: 'ping',
        backchannel_client_notification_endpoint: `https://localhost:${port}/ping`,
      }),
      {
        client_id: 'messagerie',
        client_name: 'Messagerie sécurisée',
        client_secret: SECRET,
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        scope: 'openid profile email',
        first_party: true,
      },
    ];
    for (const one of metadata) await clients.upsert(one.client_id, one as never, 0);
    [replicas, worker] = await Promise.all([
      Promise.all([startReplica(environment), startReplica(environment), startReplica(environment)]),
      startWorker(environment),
      added,
      registered,
    ]);
    desktop = await DesktopClient.discover({
      issuer: ISSUER,
      clientId: 'monsisra',
      fetch: through[client.customFetch],
    });
    const { url, finish } = await desktop.beginInBrowser('http://127.0.0.1:4273/callback');
    await finish(await signIn(browser(), url, true));
    await desktop.openSession('Poste de garde');
  });
  afterAll(async () => {
    listening?.closeAllConnections();
    listening?.close();
    await Promise.all([...replicas.map((one) => one.process.stop()), worker?.stop()]);
    await Promise.all([mail?.stop(), database?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('the other one shows the request, takes the approval, and lets the browser go on', async () => {
    const application = await Application.discover(ISSUER, 'messagerie', SECRET, send);
    const started = await application.start({ scope: 'openid profile' });
    const visitor = browser();
    await visitor.get(started.url);
    await visitor.click('MonSisra');
    const asked = shown(await visitor.submit({}, '/monsisra'));
    await kill();
    const request = await desktop.openRequest({ request: asked.request });
    expect(request).toMatchObject({ asked_from: '192.0.x.x', same_network: true });
    const stream = await visitor.fetch(`${asked.waiting.url.pathname}/events`);
    await desktop.approve(request.id, asked.number);
    expect(await stream.text()).toContain('event: answered');
    const back = await visitor.submit({}, '/continue');
    const tokens = await started.finish(back.url);
    expect(tokens.claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'monsisra' });
  });

  test('an application without a browser is told by the worker, again when it was away (ping)', async () => {
    const software = await client.discovery(
      new URL(ISSUER),
      'officine',
      undefined,
      client.ClientSecretBasic('a secret of officine'),
      through,
    );
    const asked = await client.initiateBackchannelAuthentication(software, {
      scope: 'openid',
      login_hint: PERSON.login,
      client_notification_token: 'a-token-of-the-pharmacy',
    });
    await kill();
    const told = new Promise<void>((resolve) => {
      heard = () => pings.length === 2 && resolve();
    });
    const [request] = await desktop.waiting();
    await desktop.approve(request?.id ?? '');
    await told;
    const ping = `Bearer a-token-of-the-pharmacy ${JSON.stringify({ auth_req_id: asked.auth_req_id })}`;
    expect(pings).toEqual([ping, ping]);
    const tokens = await client.genericGrantRequest(software, 'urn:openid:params:grant-type:ciba', {
      auth_req_id: asked.auth_req_id,
    });
    expect(tokens.claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'monsisra' });
  });

  test('a process that stops lets the browsers that wait go, and they ask another one', async () => {
    const application = await Application.discover(ISSUER, 'messagerie', SECRET, send);
    const started = await application.start({ scope: 'openid' });
    const visitor = browser();
    await visitor.get(started.url);
    await visitor.click('MonSisra');
    const asked = shown(await visitor.submit({}, '/monsisra'));
    const stream = await visitor.fetch(`${asked.waiting.url.pathname}/events`);
    expect(await replicas[0]?.process.stop()).toBe(0);
    expect(await stream.text()).not.toContain('answered');
  });
});
