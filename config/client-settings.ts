import { z } from 'zod';
import { list } from './setting-types.ts';

/** `*` stands for everybody. */
const domain = z.string().regex(/^(?:\*|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i, 'each must be a mail domain');

/** Settings of regional applications and of those who make them. */
export const clientSettings = {
  INTEGRATOR_DOMAINS: list
    .pipe(z.array(domain))
    .optional()
    .describe(
      'mail domains whose people may use /integrateurs, besides those whom `mire integrators invite` names; in the sandbox *, everybody',
    ),
};

interface Problem {
  readonly name: string;
  readonly message: string;
}

export const clientProblems = (
  { INTEGRATOR_DOMAINS = [] }: { readonly INTEGRATOR_DOMAINS?: readonly string[] | undefined },
  production: boolean,
): Problem[] =>
  production && INTEGRATOR_DOMAINS.includes('*')
    ? [{ name: 'INTEGRATOR_DOMAINS', message: 'must not be everybody in production' }]
    : [];

/** Who makes applications here. */
export const integratorDomains = (settings: {
  readonly MIRE_ENV: string;
  readonly INTEGRATOR_DOMAINS?: readonly string[] | undefined;
}): readonly string[] => settings.INTEGRATOR_DOMAINS ?? (settings.MIRE_ENV === 'sandbox' ? ['*'] : []);
