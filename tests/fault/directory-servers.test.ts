import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import { type Directory, deadlineOf } from '../../src/structures/directory.ts';
import { readingOf } from '../../src/structures/reading.ts';
import { type LdapStructure, structureDefinition } from '../../src/structures/structure.ts';
import { describeWith } from '../support/jest/services.ts';
import {
  FAULTS,
  type Fault,
  type FaultyController,
  faultyController,
  MOMENTS,
  type Moment,
  mayHappen,
} from '../support/servers/faulty-controller.ts';
import { type OwnSamba, ownSamba } from '../support/servers/own-samba.ts';
import { ownDirectory } from '../support/servers/own-server.ts';
import { tlsAuthority } from '../support/servers/tls-authority.ts';
import { domainOf } from '../support/structures/chu.ts';
import { CHU_PEOPLE, PASSWORD, SERVICE } from '../support/structures/chu-staff.ts';
import { partsOf } from '../support/structures/directory-parts.ts';

/** Seconds: a silent server takes half of it. */
const TIMEOUT = 8;
const cases = FAULTS.flatMap((fault) =>
  MOMENTS.filter((moment) => mayHappen(fault, moment)).map((moment) => [fault, moment] as const),
);

describeWith('samba', 'two controllers of a domain, of which the first fails', () => {
  let dc: OwnSamba;
  let folder: Awaited<ReturnType<typeof ownDirectory>>;
  const stops: (() => Promise<unknown>)[] = [];
  let ca: string;
  let controller: () => Promise<FaultyController>;
  beforeAll(async () => {
    dc = await ownSamba(CHU_PEOPLE);
    folder = await ownDirectory();
    const own = tlsAuthority(folder.path, 'own');
    const other = tlsAuthority(folder.path, 'other');
    ca = own.ca;
    controller = async () => {
      const one = await faultyController(dc, { own, other }, (dn) => dn === SERVICE.dn);
      stops.push(one.stop);
      return one;
    };
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    await dc?.remove();
    await folder?.remove();
  });

  async function pair(): Promise<{
    first: FaultyController;
    second: FaultyController;
    directory: Directory;
    signIn: () => Promise<unknown>;
  }> {
    const [first, second] = [await controller(), await controller()];
    const definition = structureDefinition.parse(
      domainOf(dc, {}, { servers: [first.ldaps, second.ldaps], ca, timeout: TIMEOUT }),
    );
    const structure = { ...definition, enabled: true, version: 1 } as LdapStructure;
    const directory = openDirectory(structure, partsOf(SERVICE.password));
    stops.unshift(() => directory.close());
    const signIn = async () => {
      const by = deadlineOf(structure);
      const found = await directory.find('ordinaire', by);
      const answer = await directory.check(found, PASSWORD, by);
      return found && readingOf(found.standing, answer, found.entry);
    };
    return { first, second, directory, signIn };
  }

  async function survives(fault: Fault, moment: Moment): Promise<void> {
    const { first, second, signIn } = await pair();
    first.set(fault, moment);
    expect(await signIn()).toEqual({ password: 'right' });
    // What is only slow goes on being asked; what failed is left alone.
    if (fault === 'slow') return;
    const before = first.seen();
    expect(await signIn()).toEqual({ password: 'right' });
    expect(first.seen()).toBe(before);
    expect(second.passwords()).toBe(2);
    expect(first.passwords()).toBe(moment === "the person's bind" ? 1 : 0);
  }

  test.each(cases.filter(([fault]) => fault !== 'silent'))('%s at %s', (fault, moment) => survives(fault, moment));

  test('silent at any moment', async () => {
    await Promise.all(cases.filter(([fault]) => fault === 'silent').map(([fault, moment]) => survives(fault, moment)));
  });

  test('a server that has been silent since its connections were kept costs one share of the time, not one for each', async () => {
    const { first, signIn } = await pair();
    // Four connections are kept.
    await Promise.all([1, 2, 3, 4, 5, 6].map(signIn));
    first.set('silent', 'search');
    expect(await signIn()).toEqual({ password: 'right' });
  });

  test.each([
    ['closed', 'connect', 'unreachable'],
    ['busy', 'search', 'unreachable'],
    ['unavailable', "the person's bind", 'unreachable'],
    ['untrusted', 'TLS', 'untrusted'],
  ] as const)('%s at %s, both: it is an outage, and the next one is let in again', async (fault, moment, reason) => {
    const { first, second, signIn } = await pair();
    for (const one of [first, second]) one.set(fault, moment);
    await expect(signIn()).rejects.toMatchObject({ name: 'DirectoryDown', reason });
    for (const one of [first, second]) one.set(undefined);
    expect(await signIn()).toEqual({ password: 'right' });
  });

  test('one impostor and one that is down: it is an outage', async () => {
    const { first, second, signIn } = await pair();
    first.set('untrusted', 'TLS');
    second.set('closed', 'connect');
    await expect(signIn()).rejects.toMatchObject({ reason: 'unreachable' });
  });
});
