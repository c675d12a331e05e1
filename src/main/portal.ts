import type { Provider } from 'oidc-provider';
import { integratorDomains } from '../../config/client-settings.ts';
import { createIntegrators } from '../../interactions/integrators/integrators.ts';
import type { Pages } from '../../interactions/layout/renderer.ts';
import { createMayIntegrate } from '../clients/integrators.ts';
import { createWorkshop } from '../clients/workshop.ts';
import type { Csrf } from '../http/csrf.ts';
import type { Parts } from './parts.ts';

/** The portal of integrators. */
export function integratorPages(
  parts: Parts,
  { provider, pages, csrf }: { provider: () => Provider; pages: Pages; csrf: Csrf },
) {
  const { settings, storage } = parts;
  return createIntegrators({
    ...parts,
    issuer: settings.ISSUER,
    zone: settings.TIME_ZONE,
    provider,
    pages,
    csrf,
    mayIntegrate: createMayIntegrate(storage, integratorDomains(settings)),
    workshop: createWorkshop({ ...parts, provider, platform: settings.PLATFORM_NAME }),
    clientErrors: storage.clientErrors,
  });
}
