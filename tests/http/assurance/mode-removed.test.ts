import { expect, test } from '@jest/globals';
import { REGISTRY } from '../../../interactions/registry.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';
import { signInByCode } from '../../support/sign-in/journeys.ts';

test('without the line of login-mdp in the registry, the page has the other tabs and they work', async () => {
  const modes = REGISTRY.filter(({ id }) => id !== 'login-mdp');
  const mire = await startMire({ added: { modes } });
  try {
    const ror = await Application.discover(mire.issuer, 'ror');
    const started = await ror.start();
    const browser = new Browser(mire.issuer);
    const { page, url } = await browser.get(started.url);
    const links = page.querySelectorAll('a').map((link) => link.getAttribute('href') ?? '');
    const uid = url.pathname.split('/')[2];
    const tabs = links.filter((href) => href.startsWith(`/interaction/${uid}/`)).map((href) => href.split('/')[3]);
    expect(tabs).toContain('code-ephemere');
    expect(tabs).not.toContain('login-mdp');
    expect((await browser.fetch(`/interaction/${uid}/login-mdp`)).status).toBe(404);
    const back = await signInByCode(mire, browser, started.url);
    expect((await started.finish(back.url)).claims()).toMatchObject({ mire_mode: 'code-ephemere' });
  } finally {
    await mire.close();
  }
});

test('a session made by a mode that MODES no longer offers went on opening applications', async () => {
  const mire = await startMire({ env: { MODES: 'code-ephemere,login-mdp' } });
  try {
    const ror = await Application.discover(mire.issuer, 'ror');
    const asked = async (mode: 'cps' | 'code-ephemere') => {
      const browser = await signInDirectly(mire, { mode, acr: 'eidas2' });
      return (await browser.get((await ror.start({ prompt: 'none' })).url)).url.searchParams.get('error');
    };
    expect([await asked('code-ephemere'), await asked('cps')]).toEqual([null, 'unmet_authentication_requirements']);
  } finally {
    await mire.close();
  }
});
