/**
 * The source `guards`: what guards of nixpulse say of themselves. Of each directory that one may be in one stat every two
 * seconds, beside the tick; its status.json is read when it has changed. A guard of this very process tells by itself.
 */
import { parseJsonObject } from '../base/fields.ts';
import { sameProcess } from '../base/identity.ts';
import { fail, ok, type Problem, type Result } from '../base/problem.ts';
import { isSame, kept } from '../base/same.ts';
import type { GuardStatus } from '../model/guard/guard.ts';
import { statusFile } from '../model/guard/guard-files.ts';
import { type GuardSeen, silentFromMs, silentMs } from '../model/guard/guard-seen.ts';
import { readGuardStatus } from '../model/guard/read-status.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { FileOwner, Ports } from '../platform/ports.ts';
import type { Source } from './source.ts';

export interface GuardsSource extends Source {
  /** What the guard of this process says of itself now; null: there is none any more. */
  tell(status: GuardStatus | null): void;
}

const everyMs = 2000;
/** A guard keeps some twenty acts: that is 20 kB. */
const mostBytes = 1 << 18;
/** Of one that was killed so long ago nobody asks any more. */
const forgottenMs = 60 * 60_000;
const typeBits = 0o170000;
const regularFile = 0o100000;

/** What is known of one directory. */
interface Place {
  readonly directory: string;
  /** Of the file that was read last; '' where there was none. */
  readonly seen: string;
  /** Null: nobody guards there. */
  readonly guard: GuardSeen | null;
  readonly problem: Problem | null;
}

/** Of a captured tree nobody guards here. */
export function createGuardsSource(
  { files, clock, native }: Pick<Ports, 'files' | 'clock' | 'native'>,
  directories: readonly string[],
): GuardsSource {
  let places: readonly Place[] = directories.map((directory) => ({
    directory,
    seen: '',
    guard: null,
    problem: null,
  }));
  let own: GuardSeen | null = null;
  let looking = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let closed = !files.live || directories.length === 0;
  /** What was given last. */
  let given: Result<readonly GuardSeen[]> | null = null;

  async function look(place: Place): Promise<Place> {
    const path = `${place.directory}/${statusFile}`;
    const file = await files.ownerSlow(path);
    if (!file.ok) {
      // What does not answer says nothing new: that it is silent is seen by its last words.
      if (file.problem.kind === 'timeout' || file.problem.kind === 'exhausted') return withEnd(place);
      const gone = file.problem.kind === 'gone';
      return { ...place, seen: '', guard: null, problem: gone ? null : file.problem };
    }
    const { bytes, mtimeMs, inode } = file.value;
    const seen = `${inode} ${bytes} ${mtimeMs}`;
    if (seen === place.seen) return withEnd(place);
    const status = await read(path, file.value);
    if (!status.ok) {
      // It was replaced or removed between the two: the next look tells.
      if (status.problem.kind === 'gone' || status.problem.kind === 'timeout') return withEnd(place);
      return { ...place, seen, guard: null, problem: status.problem };
    }
    const { directory } = place;
    const { readings, acts } = status.value;
    const said = {
      ...status.value,
      // What it says again is the same to whoever compares.
      readings: kept(place.guard?.readings ?? [], readings),
      acts: kept(place.guard?.acts ?? [], acts),
    };
    const guard = { ...said, directory, uid: file.value.uid, ended: false };
    return withEnd({ ...place, seen, guard, problem: null });
  }

  async function read(path: string, { uid, mode }: FileOwner): Promise<Result<GuardStatus>> {
    if (uid !== 0 && uid !== native.uid) return fail('denied', path, `it is of uid ${uid}`);
    if ((mode & typeBits) !== regularFile) return fail('malformed', path, 'it is no regular file');
    const text = await files.readSlow(path, { maxBytes: mostBytes });
    if (!text.ok) return text;
    const status = readGuardStatus(parseJsonObject(text.value));
    return status === undefined ? fail('malformed', path, 'it is no status of a guard') : ok(status);
  }

  /** Of one that is silent it is looked whether it is still there. */
  async function withEnd(place: Place): Promise<Place> {
    const { guard } = place;
    if (guard === null || silentMs(guard, clock.now()) < silentFromMs) return place;
    const ended = guard.ended || (await hasEnded(guard));
    if (ended && silentMs(guard, clock.now()) >= forgottenMs) return { ...place, guard: null };
    return ended === guard.ended ? place : { ...place, guard: { ...guard, ended } };
  }

  async function hasEnded(guard: GuardSeen): Promise<boolean> {
    const stat = await files.readSlow(`/proc/${guard.pid}/stat`);
    if (stat.ok) {
      const now = parseProcessStat(stat.value);
      return now.ok && !sameProcess(now.value, guard);
    }
    if (stat.problem.kind !== 'gone') return false;
    // Where /proc hides what others run (hidepid) nobody is seen to be gone.
    return (await files.readSlow('/proc/1/stat')).ok;
  }

  function refresh(): void {
    const nowMs = clock.monotonic();
    if (closed || looking || nowMs - lookedAtMs < everyMs) return;
    looking = true;
    lookedAtMs = nowMs;
    void Promise.all(places.map(look))
      .then((now) => {
        places = now;
      })
      .finally(() => {
        looking = false;
      });
  }

  /** Our own tells it sooner than its file does, which says where it can be held. */
  function all(): Result<readonly GuardSeen[]> {
    const seen = places.flatMap(({ guard }) => (guard === null ? [] : [guard]));
    const said = own;
    const file = said === null ? undefined : seen.find((guard) => sameProcess(guard, said));
    const others = seen.filter((guard) => guard !== file);
    const mine = said && file ? { ...said, directory: file.directory, uid: file.uid } : said;
    const guards = mine === null ? others : [mine, ...others];
    const failed = places.find((place) => place.problem !== null)?.problem ?? null;
    return guards.length === 0 && failed !== null ? { ok: false, problem: failed } : ok(guards);
  }

  return {
    id: 'guards',
    sample() {
      refresh();
      const now = all();
      // Where there was never one, nothing is said.
      const nothing = given === null && now.ok && now.value.length === 0;
      if (nothing || isSame(given, now)) return {};
      given = now;
      return { guards: { atMs: clock.monotonic(), ...now } };
    },
    tell(status) {
      if (status !== null && own !== null && !isNews(status, own)) return;
      own = status === null ? null : { ...status, directory: null, uid: null, ended: false };
    },
    close() {
      closed = true;
    },
  };
}

/** No sooner than a file would tell, but for what it did. */
function isNews(now: GuardStatus, before: GuardStatus): boolean {
  const same =
    now.acts.length === before.acts.length &&
    now.acts.at(-1) === before.acts.at(-1) &&
    now.dryRun === before.dryRun &&
    now.heldUntilMs === before.heldUntilMs;
  return !same || Math.abs(now.atMs - before.atMs) >= everyMs;
}
