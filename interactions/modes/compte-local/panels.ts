import { satisfies } from '../../../src/assurance/levels.ts';
import type { Structure } from '../../../src/structures/structure.ts';
import type { Kit, Panel } from '../../kit.ts';
import type { Translate } from '../../layout/texts.ts';
import { loginTyped } from '../../typed.ts';
import type { Visit } from '../../visit.ts';

export const ID = 'compte-local' as const;
/** Of one search; who has more types more. */
const MOST = 20;

export const path = (visit: Visit, step = '') => `/interaction/${visit.uid}/${ID}${step}`;

const detailOf = ({ town, finess }: Structure) => [town, finess && `FINESS ${finess}`].filter(Boolean).join(' · ');

export const listed = (visit: Visit, structure: Structure) => ({
  name: structure.name,
  detail: detailOf(structure),
  href: path(visit, `/s/${structure.id}`),
});

export async function found(kit: Kit, visit: Visit, typed: string) {
  const structures = await kit.storage.structures.search(typed, MOST + 1);
  const results = structures.slice(0, MOST).map((one) => listed(visit, one));
  const message = (t: Translate) => {
    if (structures.length > MOST) return t('compte-local.more', { most: MOST });
    if (results.length > 0) return t('compte-local.found', { count: results.length });
    return t(typed.trim() === '' ? 'compte-local.empty' : 'compte-local.none');
  };
  return { results, message };
}

export async function searchPanel(kit: Kit, visit: Visit, typed: string): Promise<Panel> {
  const { results, message } = await found(kit, visit, typed);
  return {
    view: `interactions/modes/${ID}/search`,
    title: 'compte-local.title',
    locals: (t) => ({
      action: path(visit),
      listHref: path(visit, '/structures.json'),
      typed,
      results,
      message: message(t),
    }),
  };
}

export function structurePanel(
  visit: Visit,
  structure: Structure,
  typed?: string,
  formTargets: readonly string[] = [],
): Panel {
  const kind = structure.connector.kind === 'ldap' ? 'password' : 'provider';
  const enough = satisfies(structure.assurance, visit.requirement.level);
  return {
    view: `interactions/modes/${ID}/${kind}`,
    title: 'compte-local.title.structure',
    formTargets,
    locals: (t) => ({
      action: path(visit, `/s/${structure.id}`),
      otherHref: `${path(visit)}?autre`,
      structure: {
        name: structure.name,
        detail: detailOf(structure),
        ...(structure.logo ? { logo: `/structures/${structure.id}/logo?v=${structure.version}` } : {}),
      },
      values: { login: typed ?? loginTyped(visit) },
      ...(enough ? {} : { notEnough: t('compte-local.not-enough', { application: visit.application.name }) }),
    }),
  };
}
