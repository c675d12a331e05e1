import { Attribute, Change } from 'ldapts';
import type { ErrorCode } from '../../../src/http/errors.ts';
import type { Standing } from '../../../src/structures/reading.ts';
import type { OwnSamba } from '../servers/own-samba.ts';
import { BASE, dnOf, type Entry, GROUPS, type OwnSlapd } from '../servers/own-slapd.ts';
import { agentDn, CHU, crowdName, PASSWORD } from './chu-staff.ts';

/** Every state in which an account of a directory may be when Mire asks about it. */
export const ACCOUNT_STATES = [
  'active',
  'disabled',
  'expired',
  'locked',
  'must change its password',
  'password expired',
  'outside of its hours',
  'outside of its workstations',
  'deleted',
  'out of the base',
  'out of the filter',
  'unreadable',
] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

/** What each way of asking says of an account in one state. */
export interface StateRow<Server> {
  readonly login: string;
  /** What brings it about, where it is not so from the beginning. */
  readonly happens?: (server: Server, login: string) => Promise<unknown>;
  /** The page of a sign-in with the right password. */
  readonly signIn: 'in' | ErrorCode;
  /** The nightly check: what is written of somebody who is out, or that they stay. */
  readonly night:
    | 'stays'
    | 'unknown'
    | Exclude<Standing['is'], 'here' | 'unknown' | 'barred'>
    | 'disabled'
    | 'expired'
    | 'outside';
  /** A line of `mire structures test --login`. */
  readonly told: readonly [ok: boolean, words: string];
}

/** A state that a directory does not know, and why. */
export interface NoSuchState {
  readonly none: string;
}

const replace = (type: string, value: string) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) });

/** Whom the filter of the tests leaves out. */
const LEFT_OUT = 'exclu';

export const DOMAIN_FILTER = `(&(objectCategory=person)(objectClass=user)(sAMAccountName={login})(!(description=${LEFT_OUT})))`;

/** A state without a row does not compile. */
export const DOMAIN_STATES: Readonly<Record<AccountState, StateRow<OwnSamba>>> = {
  active: { login: 'ordinaire', signIn: 'in', night: 'stays', told: [true, 'may sign in'] },
  disabled: {
    login: 'desactive',
    signIn: 'structure-disabled',
    night: 'disabled',
    told: [false, 'may not sign in: disabled'],
  },
  expired: {
    login: 'expire',
    signIn: 'structure-disabled',
    night: 'expired',
    told: [false, 'may not sign in: expired'],
  },
  locked: {
    login: 'verrouille',
    happens: async (dc, login) => {
      for (let time = 0; time < 5; time += 1)
        await dc.administer((client) => client.bind(agentDn(login), `Faux-${time}`)).catch(() => undefined);
    },
    signIn: 'structure-locked',
    night: 'stays',
    told: [false, 'locked after wrong passwords'],
  },
  'must change its password': {
    login: 'a-changer',
    signIn: 'structure-must-change',
    night: 'stays',
    told: [false, 'must be changed at the next logon'],
  },
  'password expired': {
    login: 'mot-de-passe-expire',
    signIn: 'structure-password-expired',
    night: 'stays',
    told: [false, 'the password has expired'],
  },
  'outside of its hours': {
    login: 'hors-horaire',
    signIn: 'structure-not-now',
    night: 'stays',
    told: [false, 'at certain hours alone (logonHours), not now'],
  },
  'outside of its workstations': {
    login: 'ailleurs',
    signIn: 'structure-not-here',
    night: 'stays',
    told: [false, 'from POSTE-12 alone'],
  },
  deleted: {
    login: crowdName(30),
    happens: (dc, login) => dc.administer((client) => client.del(agentDn(login))),
    signIn: 'credentials-wrong',
    night: 'gone',
    told: [false, 'no entry under'],
  },
  'out of the base': {
    login: crowdName(31),
    happens: (dc, login) => dc.administer((client) => client.modifyDN(agentDn(login), `CN=${login},${CHU.gone}`)),
    signIn: 'credentials-wrong',
    night: 'gone',
    told: [false, `is not under ${CHU.agents}`],
  },
  'out of the filter': {
    login: crowdName(32),
    happens: (dc, login) => dc.change(agentDn(login), { description: LEFT_OUT }),
    signIn: 'credentials-wrong',
    night: 'outside',
    told: [false, 'is there, and login_filter leaves it out'],
  },
  unreadable: {
    login: 'illisible',
    signIn: 'structure-unclear',
    night: 'unknown',
    told: [false, 'userAccountControl cannot be read'],
  },
};

const PEOPLE = `ou=people,${BASE}`;
export const SLAPD_CONNECTOR = {
  base_dn: PEOPLE,
  login_filter: `(&(objectClass=person)(uid={login})(!(title=${LEFT_OUT})))`,
  attributes: {},
  roles: {},
  disabled: { attribute: 'employeeNumber', bit: 2 },
  expires: { attribute: 'shadowExpire', as: 'days' },
  lockout: { attempts: 8, minutes: 30 },
} as const;
/** As a hospital has it: five tries, a new password after a reset, and every three months. */
export const SLAPD_POLICY = [
  'pwdAttribute: userPassword',
  'pwdLockout: TRUE',
  'pwdMaxFailure: 5',
  'pwdMaxAge: 7776000',
  'pwdMustChange: TRUE',
];

const person = (uid: string, more: readonly string[] = [], number = '0'): Entry => ({
  uid,
  given: 'Camille',
  family: 'Fictif',
  password: PASSWORD,
  more: [`employeeNumber: ${number}`, ...more],
});
export const SLAPD_PEOPLE: readonly Entry[] = [
  person('ordinaire'),
  person('desactive', [], '2'),
  person('expire', ['objectClass: shadowAccount', 'shadowExpire: 18000']),
  person('verrouille'),
  person('a-changer', ['pwdReset: TRUE']),
  person('mot-de-passe-expire', ['pwdChangedTime: 20200101000000Z']),
  person('parti'),
  person('mute'),
  person('exclu'),
  person('illisible', [], 'oui'),
];

export const SLAPD_STATES: Readonly<Record<AccountState, StateRow<OwnSlapd> | NoSuchState>> = {
  active: { login: 'ordinaire', signIn: 'in', night: 'stays', told: [true, 'may sign in'] },
  disabled: {
    login: 'desactive',
    signIn: 'structure-disabled',
    night: 'disabled',
    told: [false, 'may not sign in: disabled'],
  },
  expired: {
    login: 'expire',
    signIn: 'structure-disabled',
    night: 'expired',
    told: [false, 'may not sign in: expired'],
  },
  locked: {
    login: 'verrouille',
    happens: async (slapd, login) => {
      for (let time = 0; time < 5; time += 1)
        await slapd.administer((client) => client.bind(dnOf(login), `Faux-${time}`)).catch(() => undefined);
    },
    signIn: 'structure-locked',
    night: 'stays',
    told: [false, 'locked after wrong passwords'],
  },
  'must change its password': {
    login: 'a-changer',
    signIn: 'structure-must-change',
    night: 'stays',
    told: [false, 'must be changed at the next logon'],
  },
  'password expired': {
    login: 'mot-de-passe-expire',
    signIn: 'structure-password-expired',
    night: 'stays',
    // When that is stands in the policy, which is nobody's to read: the bind alone says it.
    told: [true, 'may sign in'],
  },
  'outside of its hours': { none: 'OpenLDAP knows no hours' },
  'outside of its workstations': { none: 'OpenLDAP knows no workstations' },
  deleted: {
    login: 'parti',
    happens: (slapd, login) => slapd.administer((client) => client.del(dnOf(login))),
    signIn: 'credentials-wrong',
    night: 'gone',
    told: [false, 'no entry under'],
  },
  'out of the base': {
    login: 'mute',
    happens: (slapd, login) => slapd.administer((client) => client.modifyDN(dnOf(login), `uid=${login},${GROUPS}`)),
    signIn: 'credentials-wrong',
    night: 'gone',
    told: [false, `is not under ${PEOPLE}`],
  },
  'out of the filter': {
    login: 'exclu',
    happens: (slapd, login) => slapd.administer((client) => client.modify(dnOf(login), replace('title', LEFT_OUT))),
    signIn: 'credentials-wrong',
    night: 'outside',
    told: [false, 'is there, and login_filter leaves it out'],
  },
  unreadable: {
    login: 'illisible',
    signIn: 'structure-unclear',
    night: 'unknown',
    told: [false, 'employeeNumber cannot be read'],
  },
};
