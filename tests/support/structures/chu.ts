import type { OwnSamba } from '../servers/own-samba.ts';
import { CHU, SERVICE } from './chu-staff.ts';

/** A hospital whose directory is a domain, as its administrator would write it. */
export const domainOf = (dc: OwnSamba, changes: Record<string, unknown> = {}, connector: object = {}) => ({
  id: 'chu',
  finess: '690000001',
  name: 'CHU des Trois Vallées',
  ...changes,
  connector: {
    kind: 'ldap',
    directory: 'active-directory',
    servers: [dc.ldaps],
    ca: dc.certificate.ca,
    bind_dn: SERVICE.dn,
    bind_password: SERVICE.password,
    base_dn: CHU.agents,
    timeout: 5,
    ...connector,
  },
});
