import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCsrf } from '../../../src/http/csrf.ts';
import { raw } from '../../support/http/raw-request.ts';
import { type Route, routesOf } from '../../support/http/routes.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { writeSession } from '../../support/sign-in/directly.ts';

/** Who may come by: anybody; oneself; the help desk; whoever makes applications, and then to their own. */
type Door = 'open' | 'self' | 'agent' | 'integrator';

/** Every page and form of an account, of the help desk and of integrators. One that is added gets its line here. */
const DOORS: Readonly<Record<Door, readonly string[]>> = {
  open: [
    ...['/compte/annuler', '/compte/annule', '/compte/ferme', '/compte/entrer', '/compte/retour'].map(
      (path) => `GET ${path}`,
    ),
    'POST /compte/annuler',
    'GET /integrateurs/retour',
  ],
  self: [
    ...[
      '',
      '/coordonnees',
      '/coordonnees/code',
      '/mot-de-passe',
      '/moyens',
      '/moyens/cle-acces',
      '/moyens/cle-acces/une',
    ],
    ...[
      '/moyens/application',
      '/moyens/codes',
      '/moyens/identite',
      '/appareils',
      '/applications',
      '/historique',
      '/historique/pas-moi',
    ],
    ...['/donnees', '/donnees.json', '/fermeture'],
  ]
    .map((path) => `GET /compte${path}`)
    .concat(
      [
        ...['/coordonnees/mail', '/coordonnees/sms', '/coordonnees/code', '/coordonnees/renvoi', '/mot-de-passe'],
        ...['/preferences', '/moyens/cle-acces/options', '/moyens/cle-acces', '/moyens/cle-acces/renommer'],
        ...[
          '/moyens/cle-acces/retirer',
          '/moyens/application',
          '/moyens/application/retirer',
          '/moyens/codes',
          '/moyens/identite/retirer',
        ],
        ...[
          '/appareils/bureau/renommer',
          '/appareils/bureau/retirer',
          '/appareils/fermer',
          '/appareils/fermer-les-autres',
        ],
        ...['/applications/retirer', '/historique/pas-moi', '/historique/rouvrir', '/fermeture'],
      ].map((path) => `POST /compte${path}`),
    ),
  agent: [
    'GET /assistance',
    'POST /assistance',
    'GET /assistance/compte/:id',
    'POST /assistance/compte/:id',
    'POST /assistance/demande',
  ],
  integrator: [
    ...['GET ', 'POST '].flatMap((method) => [`${method}/integrateurs`, `${method}/integrateurs/:id`]),
    ...['GET /integrateurs/nouvelle', 'GET /integrateurs/:id/modifier'],
    ...['POST /integrateurs/:id/secret', 'POST /integrateurs/:id/production'],
  ],
};
const doorOf = ({ method, path }: Route): Door | undefined =>
  (Object.keys(DOORS) as Door[]).find((door) => DOORS[door].includes(`${method} ${path}`));

/** Whoever comes by, with the level of their sign-in; what each door answers them first. */
const ROLES = {
  nobody: { login: undefined, acr: 'eidas1', self: [303], agent: [303], integrator: [303] },
  'somebody by a password': { login: 'mdurand', acr: 'eidas1', self: undefined, agent: [303], integrator: [303] },
  'somebody by two factors': { login: 'mdurand', acr: 'eidas2', self: undefined, agent: [403], integrator: [403] },
  'an agent of the help desk': {
    login: 'kbenali',
    acr: 'eidas2',
    self: undefined,
    agent: undefined,
    integrator: [403],
  },
  'an integrator': { login: 'slefevre', acr: 'eidas2', self: undefined, agent: [403], integrator: undefined },
} as const;
type Role = keyof typeof ROLES;

const VICTIM = 'cpetit';
const NEEDLES = {
  passkey: 'Clef de la victime',
  application: 'Registre de la victime',
  secret: 'secret-de-la-victime',
  recovery: 'nouvelle@victime.example',
};

describe('pages of one person, and the rows of another', () => {
  let mire: RunningMire;
  let routes: Route[];
  let accountId: string;
  /** Everything that is the victim's and has a name: sent as every field that a form could read it from. */
  let fields: Readonly<Record<string, string>>;
  const storage = () => mire.sandbox.parts.storage;
  const idOf = async (login: string) => (await storage().accounts.byLoginKey(login))?.account.id ?? '';

  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000', INTEGRATOR_DOMAINS: 'nobody.example' } });
    routes = routesOf(mire).filter(({ path }) => /^\/(?:compte|assistance|integrateurs)(?:\/|$)/.test(path));
    accountId = await idOf(VICTIM);
    const now = mire.clock.now();
    const passkey = randomUUID();
    await storage().accounts.setRoles(await idOf('kbenali'), ['helpdesk']);
    await storage().integrators.invite('slefevre@hopital.example', now);
    await mire.database
      .database('accounts')
      .where({ id: await idOf('slefevre') })
      .update({ email: 'slefevre@hopital.example', email_key: 'slefevre@hopital.example', email_verified: true });
    await storage().passkeys.insert({
      ...{
        id: passkey,
        accountId,
        name: NEEDLES.passkey,
        credentialId: 'victim',
        publicKey: Buffer.alloc(77),
        counter: 0,
      },
      ...{ aaguid: randomUUID(), transports: [], synced: false, createdAt: now },
      ...{ attestationFormat: 'none', attestation: Buffer.alloc(1) },
    });
    await writeSession(mire, { login: VICTIM, acr: 'eidas2' });
    const metadata = {
      ...{
        client_id: 'de-la-victime',
        client_name: NEEDLES.application,
        client_secret: NEEDLES.secret,
        stage: 'sandbox',
      },
      ...{
        redirect_uris: ['https://victime.example/cb'],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    };
    await storage().clients.insert(metadata as never, now, accountId);
    const request = randomUUID();
    const asked = { id: request, accountId, action: 'recovery', params: { email: NEEDLES.recovery } } as const;
    const expiresAt = new Date(now.getTime() + 3_600_000);
    await storage().helpDesk.insert({ ...asked, askedBy: await idOf('slefevre'), askedAt: now, expiresAt });
    const [session] = await storage().signIns.sessionsOf(accountId);
    const [identity] = await storage().accounts.identitiesOf(accountId);
    fields = {
      ...{
        passkey,
        request,
        identity: identity?.id ?? '',
        identite: identity?.id ?? '',
        session: session?.uidHash.toString('hex') ?? '',
        id: session?.signIn.id ?? '',
      },
      ...{
        device: randomUUID(),
        application: 'de-la-victime',
        mode: 'login-mdp',
        name: 'Prise',
        action: 'end-sessions',
      },
      ...{ decision: 'approve', wanted: 'Petit', code: '123456', sure: 'no', accountId, account: accountId },
    };
  });
  afterAll(() => mire.close());

  /** What the victim has, as it stands in the database. */
  async function belongings(): Promise<unknown> {
    const { database } = mire.database;
    const mine = [
      'passwords',
      'passkeys',
      'identities',
      'sessions',
      'desktop_devices',
      'authenticators',
      'recovery_codes',
      'consents',
    ];
    const rows = mine.map((table) => database(table).where({ account_id: accountId }));
    const clients = database('clients').where({ owner_account: accountId });
    return Promise.all([
      database('accounts').where({ id: accountId }),
      ...rows,
      clients,
      database('help_desk_requests'),
    ]);
  }

  /** Their session, anew where one of these forms ended it. */
  const sessions = new Map<Role, { readonly cookie: string; readonly uid: string }>();
  async function sessionOf(role: Role): Promise<{ readonly cookie: string; readonly uid: string } | undefined> {
    const { login, acr } = ROLES[role];
    if (login === undefined) return undefined;
    const known = sessions.get(role);
    if (known && (await storage().signIns.session(known.uid))?.endedAt === undefined) return known;
    const cookies = await writeSession(mire, { login, acr });
    const provider = mire.sandbox.http.holder.current();
    const uid = (await provider.Session.find(cookies[0]?.value ?? ''))?.uid ?? '';
    const made = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), uid };
    sessions.set(role, made);
    return made;
  }

  async function knock(role: Role, { method, path }: Route, form: Readonly<Record<string, string>>) {
    const session = await sessionOf(role);
    const of = path.startsWith('/integrateurs') ? 'integrators' : 'compte';
    const _csrf = createCsrf(mire.sandbox.parts.vault.derive('csrf')).token(`${of}:${session?.uid}`);
    const named = path.replace(':id', path.startsWith('/assistance') ? accountId : 'de-la-victime');
    const query =
      method === 'GET' ? `?${new URLSearchParams({ ...form, cle: form.passkey ?? '', connexion: form.id ?? '' })}` : '';
    return raw(mire.issuer, {
      method,
      path: named + query,
      headers: {
        ...{ accept: 'text/html', cookie: session?.cookie ?? '' },
        ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(method === 'GET' ? {} : { body: new URLSearchParams({ ...form, _csrf }).toString() }),
    });
  }

  test('each page and form says whom it is for, and none that is gone', () => {
    const named = routes.map(({ method, path }) => `${method} ${path}`).sort();
    expect(Object.values(DOORS).flat().sort()).toEqual(named);
  });

  test.each(Object.keys(ROLES) as Role[])('%s sees and changes nothing of anybody else', async (role) => {
    const before = await belongings();
    const wrong: unknown[] = [];
    // What a page reads of its address, and what a form says when it is filled wrongly.
    for (const route of routes)
      for (const form of route.method === 'GET' || role === 'nobody' ? [fields] : [fields, {}]) {
        const door = doorOf(route) ?? 'self';
        const expected = door === 'open' ? undefined : ROLES[role][door];
        const { status, body, headers } = await knock(role, route, form);
        const seen = Object.entries(NEEDLES).filter(([, text]) => body.includes(text));
        // The help desk looks at people: that is what it is for, written down and told (help-desk.test.ts).
        const mayLook = role === 'an agent of the help desk' && door === 'agent';
        const led = status === 303 && expected?.some((one) => one === 303) ? String(headers.location) : '/authorize';
        const fine = expected ? (expected as readonly number[]).includes(status) : status < 500;
        if (!fine || !led.includes('/authorize') || (seen.length > 0 && !mayLook))
          wrong.push([route.method, route.path, form === fields ? 'ids' : 'nothing', status, seen]);
        if (role === 'an integrator' && route.path.includes('/integrateurs/:id') && status !== 404)
          wrong.push([route.method, route.path, status, 'somebody else’s application']);
      }
    expect(wrong).toEqual([]);
    if (role !== 'an agent of the help desk') expect(await belongings()).toEqual(before);
  });
});
