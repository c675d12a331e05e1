import { DOMAIN, type DomainPeople } from '../servers/samba-domain.ts';

const AGENTS = `OU=Agents,${DOMAIN.base}`;
const SERVICES = `OU=Services,${DOMAIN.base}`;
const GROUPS = `OU=Groupes,${DOMAIN.base}`;
export const CHU = { agents: AGENTS, gone: `OU=Partis,${DOMAIN.base}`, groups: GROUPS } as const;
export const group = (name: string): string => `CN=${name},${GROUPS}`;
/** The account that Mire searches with. */
export const SERVICE = { name: 'mire', dn: `CN=mire,${SERVICES}`, password: 'Lecture-seule-2026' } as const;

/** Of everybody, so that a test needs no list. */
export const PASSWORD = 'Garde-de-nuit-2026';
export const agentDn = (name: string): string => `CN=${name},${AGENTS}`;
export const CROWD = 230;
export const crowdName = (index: number): string => `agent${index}`;

/** A FILETIME (MS-DTYP §2.3.3): hundreds of nanoseconds since 1601, UTC. */
export const fileTime = (at: Date): string => String((BigInt(at.getTime()) + 11_644_473_600_000n) * 10_000n);

const account = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  dn: agentDn(name),
  objectClass: 'user',
  sAMAccountName: name,
  userPrincipalName: `${name}@agents.chu.example`,
  mail: `${name}@courrier.chu.example`,
  givenName: 'Camille',
  sn: 'Fictif',
  userAccountControl: '512',
  password: PASSWORD,
  ...more,
});

/** One of each state that an account may be in, named after it. */
const STATES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ordinaire: { title: 'Infirmier', telephoneNumber: '0477000001', mobile: '0639980001' },
  desactive: { userAccountControl: '514' },
  expire: { accountExpires: fileTime(new Date('2020-01-01T00:00:00Z')) },
  bientot: { accountExpires: fileTime(new Date('2099-01-01T00:00:00Z')) },
  jamais: { accountExpires: '0' },
  'a-changer': { pwdLastSet: '0' },
  'hors-horaire': { noHours: true },
  ailleurs: { userWorkstations: 'POSTE-12' },
  verrouille: {},
  'mot-de-passe-expire': { passwordSetAt: fileTime(new Date('2020-01-01T00:00:00Z')) },
  illisible: {},
  'sans-identite': {},
  'par-emboitement': {},
  'sans-upn': { userPrincipalName: undefined },
};

const unit = (dn: string) => ({ dn, objectClass: 'organizationalUnit' });
const groupOf = (name: string, members: readonly string[]) => ({
  dn: group(name),
  objectClass: 'group',
  sAMAccountName: name,
  member: members,
});

/** `User-Account-Restrictions` (MS-ADTS §3.1.1.2.3.3): userAccountControl, accountExpires, pwdLastSet. */
const RESTRICTIONS = '4c164200-20c0-11d0-a768-00aa006e0529';
const OBJECT_GUID = 'bf9679e7-0de6-11d0-a285-00aa003049e2';

/** A hospital: everybody in every state, a crowd, its groups, and a lockout at five. */
export const CHU_PEOPLE: DomainPeople = {
  policy: [
    `dn: ${DOMAIN.base}`,
    'changetype: modify',
    ...[
      'lockoutThreshold: 5',
      'lockoutDuration: -18000000000',
      'lockOutObservationWindow: -18000000000',
      'minPwdAge: 0',
    ].flatMap((line) => [`replace: ${line.slice(0, line.indexOf(':'))}`, line, '-']),
    '',
  ].join('\n'),
  service: SERVICE.name,
  entries: [
    ...[AGENTS, CHU.gone, SERVICES, GROUPS].map(unit),
    account(SERVICE.name, { dn: SERVICE.dn, password: SERVICE.password, userAccountControl: '66048' }),
    ...Object.entries(STATES).map(([name, more]) => account(name, more)),
    ...Array.from({ length: CROWD }, (_, index) => account(crowdName(index))),
    groupOf('Urgences', [agentDn('par-emboitement')]),
    groupOf('Soins', [group('Urgences')]),
    groupOf('Acces-Mire', ['ordinaire', crowdName(0), crowdName(1)].map(agentDn)),
  ],
  hidden: [
    [agentDn('illisible'), RESTRICTIONS],
    [agentDn('sans-identite'), OBJECT_GUID],
  ],
};
