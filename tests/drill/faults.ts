import { Redis } from 'ioredis';
import { type Deployment, fillDisk, STEPPABLE } from './deployment.ts';
import type { Fault } from './drill.ts';

async function redisSays(on: Deployment, ...words: string[]): Promise<void> {
  const redis = new Redis(on.redis.url);
  await redis.call(words[0] ?? '', ...words.slice(1));
  redis.disconnect();
}

const mail = (mood: 'refusing' | 'slow' | 'bouncing'): Fault => ({
  name: `SMTP ${mood}`,
  async inflict(on, lasting) {
    on.post.mood = mood;
    await lasting();
    on.post.mood = 'well';
  },
});

/** In this order: what cannot be undone comes last. */
export const FAULTS: readonly Fault[] = [
  { name: 'none', inflict: (_on, lasting) => lasting() },
  {
    name: 'rolling restart',
    async inflict(on) {
      for (let index = 0; index < 3; index++) await on.restart(index);
    },
  },
  {
    name: 'Redis gone',
    async inflict(on, lasting) {
      await on.redis.server.kill();
      await lasting();
      await on.redis.server.start();
    },
  },
  { name: 'Redis flushed', inflict: (on) => on.redis.flush() },
  {
    name: 'Redis evicting',
    async inflict(on, lasting) {
      await redisSays(on, 'config', 'set', 'maxmemory-policy', 'allkeys-lru');
      await redisSays(on, 'config', 'set', 'maxmemory', '1500kb');
      await lasting();
      await redisSays(on, 'config', 'set', 'maxmemory', '0');
      await redisSays(on, 'config', 'set', 'maxmemory-policy', 'noeviction');
    },
  },
  {
    name: 'queue stalled',
    async inflict(on, lasting) {
      on.worker.signal('SIGSTOP');
      await lasting();
      on.worker.signal('SIGCONT');
    },
  },
  mail('refusing'),
  mail('slow'),
  mail('bouncing'),
  {
    name: 'Pro Santé Connect down',
    async inflict({ partners: { psc } }, lasting) {
      psc.faults.add('down');
      await lasting();
      psc.faults.clear();
    },
  },
  {
    name: 'Pro Santé Connect never answers',
    async inflict({ partners: { psc } }, lasting) {
      psc.faults.add('slow');
      await lasting();
      psc.faults.clear();
    },
  },
  {
    name: 'a directory down',
    async inflict({ partners: { directory } }, lasting) {
      await directory.server.kill();
      await lasting();
      await directory.server.start();
    },
  },
  {
    name: 'a directory never answers',
    async inflict({ partners: { directory } }, lasting) {
      await directory.server.freeze();
      await lasting();
      await directory.server.thaw();
    },
  },
  {
    name: 'clock a minute ahead on one process',
    async inflict(on, lasting) {
      on.replicas[STEPPABLE]?.signal('SIGUSR2');
      await lasting();
      on.replicas[STEPPABLE]?.signal('SIGUSR2');
    },
  },
  {
    name: 'PostgreSQL gone',
    async inflict(on, lasting) {
      // The standby would take reads: gone is gone.
      await Promise.all([on.postgres.primary.kill(), on.postgres.standby.kill()]);
      await lasting();
      await Promise.all([on.postgres.primary.start(), on.postgres.standby.start()]);
    },
  },
  {
    name: 'disk full',
    async inflict(on, lasting) {
      if (!on.postgres.disk) throw new Error('no small disk can be mounted here');
      const free = await fillDisk(on.postgres.disk);
      await lasting();
      await free();
      // PostgreSQL may have given up by itself: it is started again, as any platform would.
      await on.postgres.primary.start();
    },
  },
  {
    name: 'PostgreSQL fails over to its standby',
    async inflict(on, lasting) {
      await on.postgres.primary.kill();
      await lasting();
      await on.postgres.promote();
    },
  },
];
