import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { PACE } from '../../../config/pace.ts';
import { UserError } from '../../../src/http/errors.ts';
import type { RequestInfo } from '../../../src/http/request.ts';
import { openProviders, openStructureDesk } from '../../../src/main/structures.ts';
import { createAdmission } from '../../../src/protection/admission.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { PATIENT_TURN, WITHOUT_FLOORS } from '../../support/pace.ts';
import { cutWire } from '../../support/servers/cut-wire.ts';
import { type OwnSamba, ownSamba } from '../../support/servers/own-samba.ts';
import { domainOf } from '../../support/structures/chu.ts';
import { agentDn, CHU_PEOPLE, CROWD, crowdName, PASSWORD } from '../../support/structures/chu-staff.ts';
import { addStructure } from '../../support/structures/structures.ts';

/** What only the desk's own logic needs: no page is asked for here. */
const request = { id: 'test', supportCode: 'TEST-0000', address: '192.0.2.1' } as RequestInfo;

describeWith('samba', 'signing in at a hospital whose directory is a domain', () => {
  let dc: OwnSamba;
  let mire: RunningMire;
  let wire: Awaited<ReturnType<typeof cutWire>>;
  let desk: ReturnType<typeof openStructureDesk>;
  beforeAll(async () => {
    dc = await ownSamba(CHU_PEOPLE);
    mire = await startMire({ added: { pace: { ...PACE, ...WITHOUT_FLOORS, ...PATIENT_TURN } } });
    wire = await cutWire(new URL(dc.ldaps), 636);
    await addStructure(mire, domainOf(dc, {}, { servers: [wire.url.replace(/\/$/, '')], timeout: 4 }));
    await addStructure(mire, domainOf(dc, { id: 'ghu', finess: '690000002', name: 'Groupe' }, { timeout: 20 }));
    const { parts, logout } = mire.sandbox;
    const admission = createAdmission({ ...parts, reached: async () => undefined });
    desk = openStructureDesk({ ...parts, admission }, logout, openProviders(parts));
  });
  afterAll(async () => {
    await desk?.close();
    await mire?.close();
    await wire?.stop();
    await dc?.remove();
  });
  beforeEach(async () => {
    await wire.mend();
    mire.clock.forward(3600);
  });

  /** `in`, or the code of the refusal. */
  const attempt = async (login: string, password = PASSWORD, id = 'chu') => {
    const structure = (await mire.sandbox.parts.storage.structures.byId(id)) as LdapStructure;
    try {
      await desk.desk.passwords.verify({ structure, login, password, clientId: 'ror', request });
      return 'in';
    } catch (error) {
      if (error instanceof UserError) return error.code;
      throw error;
    }
  };
  const shut = async () => {
    wire.hang();
    await Promise.all([1, 2, 3].map(() => attempt('ordinaire')));
    expect(await attempt('ordinaire')).toBe('structure-unavailable');
    await wire.mend();
  };
  const block = async (login: string) => {
    for (let time = 0; time < 3; time += 1) await attempt(login, `Faux-${time}`);
    expect(await attempt(login)).toBe('too-many-tries');
  };

  test('one blocked login, tried again and again, kept the structure shut for everybody after an outage', async () => {
    await block('agent1');
    await shut();
    for (let time = 0; time < 3; time += 1) {
      mire.clock.forward(21);
      expect(await attempt('agent1')).toBe('too-many-tries');
      expect(await attempt('ordinaire')).toBe('in');
    }
  });

  test.each(['illisible', 'sans-identite'])(
    'one entry that cannot be read, %s, shut the structure for everybody',
    async (login) => {
      for (let time = 0; time < 6; time += 1) expect(await attempt(login)).toBe('structure-unclear');
      expect(await attempt('ordinaire')).toBe('in');
    },
  );

  test('a login that several people have shut the structure for everybody', async () => {
    for (const index of [20, 21, 22, 23]) await dc.change(agentDn(crowdName(index)), { mail: 'accueil@chu.test' });
    await addStructure(
      mire,
      domainOf(dc, { id: 'ghu', finess: '690000002', name: 'Groupe' }, { login_by_mail: true, timeout: 20 }),
    );
    for (let time = 0; time < 3; time += 1)
      expect(await attempt('accueil@chu.test', PASSWORD, 'ghu')).toBe('credentials-wrong');
    expect(await attempt('ordinaire', PASSWORD, 'ghu')).toBe('in');
  });

  test('two hundred people at once: some read that their hospital does not answer, though it did', async () => {
    const everybody = Array.from({ length: 200 }, (_, index) => CROWD - 1 - index);
    const answers = await Promise.all(everybody.map((index) => attempt(crowdName(index), PASSWORD, 'ghu')));
    expect(answers.filter((answer) => answer !== 'in')).toEqual([]);
  });

  test.each([
    ['a-changer', 'structure-must-change'],
    ['hors-horaire', 'structure-not-now'],
    ['ailleurs', 'structure-not-here'],
    ['mot-de-passe-expire', 'structure-password-expired'],
    ['expire', 'structure-disabled'],
  ])(
    'the right password of %s was a failed try: after a few of them the page said to come back in half an hour',
    async (login, code) => {
      for (let time = 0; time < 6; time += 1) expect(await attempt(login)).toBe(code);
    },
  );

  test('an outage was a failed try', async () => {
    for (let time = 0; time < 4; time += 1) {
      await attempt('agent2');
      await wire.cut();
      expect(await attempt('agent2')).toBe('structure-unavailable');
      await wire.mend();
      mire.clock.forward(30);
    }
    expect(await attempt('agent2')).toBe('in');
  });

  test('two structures on one directory counted apart, and locked the account at the directory', async () => {
    expect(await attempt('agent3', 'Faux-1')).toBe('credentials-wrong');
    expect(await attempt('agent3', 'Faux-2', 'ghu')).toBe('credentials-wrong');
    expect(await attempt('CHU\\agent3', 'Faux-3')).toBe('credentials-wrong');
    expect(await attempt('agent3@chu.test', 'Faux-4', 'ghu')).toBe('too-many-tries');
    expect(await attempt('agent3', 'Faux-5')).toBe('too-many-tries');
    mire.clock.forward(3600);
    expect(await attempt('agent3')).toBe('in');
  });

  test('what was typed wrong on a workstation is counted too, as the directory counts it', async () => {
    for (let time = 0; time < 3; time += 1)
      await dc.administer((client) => client.bind(agentDn('agent4'), `Ailleurs-${time}`)).catch(() => undefined);
    // The first one here is the fourth there: the account is one try from its lock.
    expect(await attempt('agent4', 'Faux-1')).toBe('credentials-wrong');
    expect(await attempt('agent4', 'Faux-2')).toBe('too-many-tries');
    mire.clock.forward(3600);
    expect(await attempt('agent4')).toBe('in');
  });

  test('a wrong secret of the service account was sent until the account was locked', async () => {
    const wrong = { bind_password: 'Ancien-secret' };
    await addStructure(mire, domainOf(dc, { id: 'perdu', finess: '690000003', name: 'Perdu' }, wrong));
    for (let time = 0; time < 12; time += 1) {
      mire.clock.forward(21);
      expect(await attempt('ordinaire', PASSWORD, 'perdu')).toBe('structure-unavailable');
    }
    expect(mire.logs.filter((line) => line.includes('refused its service account'))).toHaveLength(1);
    // Not locked: the others, with the same account, go on; and with its secret mended this one too.
    expect(await attempt('ordinaire', PASSWORD, 'ghu')).toBe('in');
    await addStructure(mire, domainOf(dc, { id: 'perdu', finess: '690000003', name: 'Perdu' }));
    mire.clock.forward(21);
    expect(await attempt('ordinaire', PASSWORD, 'perdu')).toBe('in');
  });
});
