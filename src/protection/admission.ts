import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import { countedAddress } from './address.ts';
import { DOORS, type Door, type DoorName } from './doors.ts';
import type { KnownDevices } from './known-devices.ts';
import { LIMITS, type Limit, type LimitName, type Limits, type Taken } from './limits.ts';

export interface Asked {
  readonly door: DoorName;
  /** The account, else what was typed in its one form. */
  readonly counter: string;
  readonly accountId: string | undefined;
  readonly request: RequestInfo;
  /** Whether somebody human proved to be one; undefined where there is no way to. */
  readonly proven?: (() => Promise<boolean>) | undefined;
  /** Who is not known proves to be human first, whatever the counters say. */
  readonly storm?: boolean;
}

export interface Admitted {
  /** Two factors were proved in this browser. */
  readonly known: boolean;
  /** It was not done, or not tried: nothing was used. */
  giveBack(): Promise<void>;
  /** It was right: it does not count, and neither do earlier failures of this browser. */
  succeeded(): Promise<void>;
}

/** Who may try or send something: a browser that is known has its own counters, which nobody else can use up. */
export interface Admission {
  /** Counts before anything is done. @throws {UserError} `too-many-tries`, with `captcha` where one would help. */
  admit(asked: Asked): Promise<Admitted>;
  /** As often as it was asked for before, by another request of this browser. */
  giveBack(asked: Asked, times: number): Promise<void>;
}

type Counted = readonly [name: LimitName, key: string];

interface Road {
  readonly open: readonly Counted[];
  readonly proven?: Counted | undefined;
  /** By account, with a higher ceiling. */
  readonly beside?: Counted | undefined;
  /** Nobody but this browser counts in `open`; undefined: a stranger's. */
  readonly grade?: 'known' | 'seen' | undefined;
}

export interface AdmissionParts {
  readonly limits: Limits;
  readonly devices: KnownDevices;
  /** The owner is told. */
  readonly reached: (accountId: string, request: RequestInfo, limit: LimitName) => Promise<void>;
}

export function createAdmission({ limits, devices, reached }: AdmissionParts): Admission {
  function roadOf({ door: name, counter, accountId, request }: Asked): Road {
    const door: Door = DOORS[name];
    const { beside = {} } = door;
    const at = (limit: LimitName | undefined, key: string): Counted | undefined => limit && [limit, key];
    for (const [grade, device] of [
      ['known', accountId && door.known && devices.of(request, accountId)],
      ['seen', accountId && door.seen && devices.seen(request, accountId)],
    ] as const) {
      const own = door[grade];
      if (!device || !own) continue;
      return { open: [[own, `${accountId}:${device}`]], beside: at(beside[grade], counter), grade };
    }
    return {
      open: [at(door.strangers, counter), at(door.address, countedAddress(request.address))].filter((one) => !!one),
      proven: at(door.proven, counter),
      beside: at(beside.strangers, counter),
    };
  }

  const returned = async (counted: readonly Counted[], times = 1): Promise<void> => {
    await Promise.all(counted.map(([name, key]) => limits.giveBack(name, key, times)));
  };

  async function take({ accountId, request }: Asked, [name, key]: Counted): Promise<Taken> {
    const taken = await limits.take(name, key);
    const { told }: Limit = LIMITS[name];
    if (taken.left === 0 && told && accountId !== undefined) await reached(accountId, request, name);
    return taken;
  }

  /** All of them, or none. @returns why not; else how many tries each has counted */
  async function takeAll(asked: Asked, counted: readonly Counted[]): Promise<UserError | readonly number[]> {
    const answers = await Promise.allSettled(counted.map((one) => take(asked, one)));
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (!failed) return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.used : 0));
    await returned(counted.filter((_, index) => answers[index]?.status === 'fulfilled'));
    const { reason } = failed;
    if (reason instanceof UserError && reason.code === 'too-many-tries') return reason;
    throw reason;
  }

  /** Over a limit: what the captcha road takes instead. */
  async function prove(asked: Asked, { proven }: Road, refused: UserError): Promise<readonly Counted[]> {
    if (!asked.proven || !proven) throw refused;
    if (!(await asked.proven())) throw new UserError('too-many-tries', { ...refused.detail, captcha: true });
    await take(asked, proven);
    return [proven];
  }

  return {
    async admit(asked) {
      const road = roadOf(asked);
      const storm = asked.storm && asked.proven && road.proven;
      const beside = road.beside ? [road.beside] : [];
      // Where no captcha leads past the first, both are asked at once.
      const together = road.proven === undefined;
      const answer = storm
        ? new UserError('too-many-tries', { limit: 'storm', retryAfter: 60 })
        : await takeAll(asked, together ? [...road.open, ...beside] : road.open);
      const refused = answer instanceof UserError;
      const taken = refused ? await prove(asked, road, answer) : road.open;
      const full = together ? undefined : await takeAll(asked, beside);
      if (full instanceof UserError) {
        await returned(taken);
        throw full;
      }
      return {
        known: road.grade === 'known',
        giveBack: () => returned([...taken, ...beside]),
        async succeeded() {
          if (!road.grade) return returned([...taken, ...beside]);
          // Nobody's failures but this browser's own are made moot.
          await Promise.all([
            ...taken.map(([name, key]) => limits.forget(name, key)),
            returned(beside, refused ? 1 : answer[0]),
          ]);
        },
      };
    },

    async giveBack(asked, times) {
      const { open, beside } = roadOf(asked);
      await returned(beside ? [...open, beside] : open, times);
    },
  };
}
