import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UserError } from '../../../src/http/errors.ts';
import type { RequestInfo } from '../../../src/http/request.ts';
import { openDirectories, openProviders, openStructureDesk } from '../../../src/main/structures.ts';
import { createAdmission } from '../../../src/protection/admission.ts';
import type { Checked } from '../../../src/structures/leavers.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { ownSamba } from '../../support/servers/own-samba.ts';
import { ownSlapd } from '../../support/servers/own-slapd.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import {
  ACCOUNT_STATES,
  DOMAIN_FILTER,
  DOMAIN_STATES,
  type NoSuchState,
  SLAPD_CONNECTOR,
  SLAPD_PEOPLE,
  SLAPD_POLICY,
  SLAPD_STATES,
  type StateRow,
} from '../../support/structures/account-states.ts';
import { domainOf, entryIdsOf } from '../../support/structures/chu.ts';
import { CHU_PEOPLE, PASSWORD } from '../../support/structures/chu-staff.ts';
import { checkedNow } from '../../support/structures/nightly.ts';
import { addStructure, hospital, linked } from '../../support/structures/structures.ts';

const request = { id: 'test', supportCode: 'TEST-0000', address: '192.0.2.1' } as RequestInfo;

interface Kind<Server> {
  readonly start: () => Promise<Server & { remove(): Promise<void> }>;
  readonly definition: (server: Server) => object;
  readonly states: Readonly<Record<string, StateRow<Server> | NoSuchState>>;
}

/** Every state, asked about in every way. */
function everyState<Server>({ start, definition, states }: Kind<Server>): void {
  const rows = ACCOUNT_STATES.flatMap((state) => {
    const row = states[state];
    return row && 'login' in row ? [[state, row] as const] : [];
  });
  let server: Server & { remove(): Promise<void> };
  let mire: RunningMire;
  let desk: ReturnType<typeof openStructureDesk>;
  let night: Checked;
  const accounts = new Map<string, string>();
  beforeAll(async () => {
    server = await start();
    mire = await startMire();
    await addStructure(mire, definition(server));
    const logins = rows.map(([, { login }]) => login);
    const ids = await entryIdsOf(mire, logins);
    for (const [index, login] of logins.entries())
      accounts.set(login, await linked(mire, 'chu', ids[index] ?? '', login));
    for (const [, { happens, login }] of rows) await happens?.(server, login);
    const { parts, logout } = mire.sandbox;
    const admission = createAdmission({ ...parts, reached: async () => undefined });
    desk = openStructureDesk({ ...parts, admission }, logout, openProviders(parts));
    night = await checkedNow(mire);
  });
  afterAll(async () => {
    await desk?.close();
    await mire?.close();
    await server?.remove();
  });

  const structure = async () => (await mire.sandbox.parts.storage.structures.byId('chu')) as LdapStructure;

  test('the night looked at all of them, and believed what it read', () => {
    const unknown = rows.filter(([, row]) => row.night === 'unknown').length;
    expect(night).toMatchObject({ checked: rows.length, unknown, doubtful: false });
  });

  test.each(rows)('%s, at night', async (_state, row) => {
    const reasons = (await auditOf(mire, 'structure.left'))
      .filter(({ account_id }) => account_id === accounts.get(row.login))
      .map(({ details }) => details);
    expect(reasons).toEqual(['stays', 'unknown'].includes(row.night) ? [] : [{ structure: 'chu', reason: row.night }]);
  });

  test.each(rows)('%s, in mire structures test --login', async (_state, { login, told: [ok, words] }) => {
    const directories = openDirectories(mire.sandbox.parts);
    const findings = await (await directories.of(await structure())).diagnose(login);
    await directories.close();
    expect(findings.filter((one) => one.ok === ok && one.said.includes(words))).not.toEqual([]);
    if (!ok) expect(findings.filter(({ said }) => said.endsWith('may sign in'))).toEqual([]);
  });

  test.each(rows)('%s, at a sign-in', async (_state, { login, signIn }) => {
    const attempt = { structure: await structure(), login, password: PASSWORD, clientId: 'ror', request };
    const answer = await desk.desk.passwords.verify(attempt).then(
      () => 'in',
      (error: unknown) => (error instanceof UserError ? error.code : String(error)),
    );
    expect(answer).toBe(signIn);
  });
}

describeWith('samba', 'every state of an account of a domain, however it is asked about', () =>
  everyState({
    start: () => ownSamba(CHU_PEOPLE),
    definition: (dc) => domainOf(dc, {}, { login_filter: DOMAIN_FILTER }),
    states: DOMAIN_STATES,
  }),
);

describeWith('slapd', 'every state of an account of OpenLDAP, however it is asked about', () =>
  everyState({
    start: () => ownSlapd(SLAPD_PEOPLE, { partis: ['ordinaire'] }, 0, { policy: SLAPD_POLICY }),
    definition: (slapd) => hospital(slapd, {}, SLAPD_CONNECTOR),
    states: SLAPD_STATES,
  }),
);
