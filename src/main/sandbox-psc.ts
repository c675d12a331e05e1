import type { Settings } from '../../config/settings.ts';
import type { Log } from '../log.ts';
import { type SimulatedPsc, startSimulatedPsc } from '../sandbox/psc/server.ts';

/** 3500 beside 3000; any that are free where there is no such port. */
const portOf = ({ PSC_SANDBOX_PORT, PORT }: Settings) => PSC_SANDBOX_PORT ?? (PORT + 501 <= 65535 ? PORT + 500 : 0);

/** What production is told of the real one, the sandbox tells of its own. */
const withPsc = (settings: Settings, { issuer, discoveryUrl, clientId, clientSecret }: SimulatedPsc): Settings => ({
  ...settings,
  PSC_ISSUER: issuer,
  PSC_DISCOVERY_URL: discoveryUrl,
  PSC_CLIENT_ID: clientId,
  PSC_CLIENT_AUTH: 'client_secret_basic',
  PSC_CLIENT_SECRET: clientSecret,
});

/** The simulated Pro Santé Connect, unless the settings name another one. */
export async function openSandboxPsc(
  settings: Settings,
  log: Log,
): Promise<{ readonly settings: Settings; readonly psc: SimulatedPsc | undefined }> {
  if (settings.PSC_ISSUER !== undefined || !settings.MODES.includes('psc')) return { settings, psc: undefined };
  const port = portOf(settings);
  try {
    const psc = await startSimulatedPsc(port, settings.ISSUER, settings.DATA_DIR);
    return { settings: withPsc(settings, psc), psc };
  } catch (err) {
    // Everything else works without it: a port that somebody has is no reason not to start.
    log.warn({ err, port }, 'no simulated Pro Santé Connect: set PSC_SANDBOX_PORT to another port, or to 0');
    return { settings: { ...settings, MODES: settings.MODES.filter((mode) => mode !== 'psc') }, psc: undefined };
  }
}
