import { turnKeys } from '../provider/key-rotation.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

/** Signing keys take their turns by age. Several workers may do it at once: each change is made once. */
export function startKeyTurning(parts: Parts): () => Promise<void> {
  const { log, rounds, signingKeys: keys } = parts;
  return startRounds(
    { log, rounds, round: 'key-turning', failed: 'the signing keys could not take their turns' },
    async () => {
      const done = await turnKeys({ ...parts, keys });
      if (Object.values(done).some((kids) => kids.length > 0)) log.info(done, 'signing keys took their turns');
    },
  );
}
