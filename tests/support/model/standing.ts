import { isOpen } from './open-defects.ts';
import { holds } from './promises.ts';
import type { Scene } from './scene.ts';

/** What the database must say of both accounts after every step. */
export async function checkStanding({ mire, world }: Scene): Promise<void> {
  const dossiers = Object.values(world.dossiers);
  const ids = dossiers.map(({ person }) => person.id);
  const rows = await mire.database
    .database('accounts')
    .whereIn('id', ids)
    .select('id', 'status', 'family_name', 'email_verified');
  for (const { person, status, means } of dossiers) {
    const row = rows.find(({ id }) => id === person.id);
    const how = () => `${person.who}’s account is ${row?.status}, and not ${status}`;
    holds("the administrator's word", row?.status === status, how);
    holds(
      'their own name',
      row?.family_name === person.familyName,
      () => `${person.who} is called ${row?.family_name}`,
    );
    if (means.mail && !means.mail.proved && !isOpen('supervised-recovery'))
      holds('nobody vouches for a mail', row?.email_verified === false, () => 'what an agent typed counts as verified');
  }
}
