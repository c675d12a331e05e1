import { KEYS } from '../../config/key-settings.ts';
import { turnKeys } from '../provider/key-rotation.ts';
import type { Parts } from './parts.ts';

/** Signing keys take their turns by age. Several workers may do it at once: each change is made once. */
export function startKeyTurning(parts: Parts): () => Promise<void> {
  const { log, signingKeys: keys } = parts;
  let round: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const done = await turnKeys({ ...parts, keys });
      if (Object.values(done).some((kids) => kids.length > 0)) log.info(done, 'signing keys took their turns');
    } catch (err) {
      log.error({ err }, 'the signing keys could not take their turns; it is tried again later');
    }
  };
  const timer = setInterval(() => {
    round = run();
  }, KEYS.turn * 1000);
  round = run();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
