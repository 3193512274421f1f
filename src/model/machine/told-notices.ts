/** What notices lead to: each kill and each task that hangs told once, in place of what only counters told. */
import type { Notice } from '../diagnosis/notice.ts';
import type { Build, Client, Model, ModelEvent } from '../model.ts';
import type { Sample } from '../sample.ts';
import { type CountedKills, holdCounted, noCountedKills } from './counted-kills.ts';
import { hungEvent, isKill, type KilledEvent, killedEvent, ownKilledEvent } from './kill-events.ts';
import { followWork, noRecentWork, type RecentWork, runs } from './recent-work.ts';

export interface NoticeCarry {
  readonly work: RecentWork;
  readonly counted: CountedKills;
  /** Whether the kernel can be heard. */
  readonly heard: boolean;
  readonly told: readonly Told[];
  /** Whom a guard asked to end, and who has not yet. */
  readonly asked: readonly KilledEvent[];
}
interface Told {
  readonly about: string;
  /** Unix ms. */
  readonly timeMs: number;
}

export const noNoticeCarry: NoticeCarry = {
  work: noRecentWork,
  counted: noCountedKills,
  heard: false,
  told: [],
  asked: [],
};

/** A guard asks, then kills; the journal tells what the kernel told; a task hangs on and is told of again. */
const sameKillMs = 60_000;
const sameHungMs = 15 * 60_000;
const mostTold = 100;
/** Who has not ended so long after it was asked to, did not do so for that. */
const askedMs = 60_000;
/** What a probe finds of before is history, and no news. */
const newsMs = 10 * 60_000;

/**
 * `events`: of this Sample, those of counters among them. `now`: null where the processes were not looked at. `kills`: by
 * guards that tell of them.
 */
export function tellNotices(
  before: NoticeCarry,
  sample: Sample,
  events: readonly ModelEvent[],
  model: Pick<Model, 'memory' | 'cgroups'>,
  now: { readonly builds: readonly Build[]; readonly clients: readonly Client[] } | null,
  kills: readonly Notice[] = [],
): { readonly events: readonly ModelEvent[]; readonly carry: NoticeCarry } {
  const { timeMs, monotonicMs } = sample;
  const work = now === null ? before.work : followWork(before.work, now, timeMs);
  const said = sample.notices?.ok ? sample.notices.value : [];
  const heard = hearsKernel(sample) ?? before.heard;
  let { told } = before;
  const isNew = (about: string, atMs: number, withinMs: number): boolean => {
    if (told.some((one) => one.about === about && Math.abs(one.timeMs - atMs) < withinMs)) return false;
    told = [...told, { about, timeMs: atMs }].slice(-mostTold);
    return true;
  };
  const fresh: ModelEvent[] = [];
  let asked = before.asked;
  const names: (string | null)[] = [];
  const tell = (notice: Notice, counts: boolean): void => {
    if (isKill(notice)) {
      const about = notice.pid === null ? `killed ${notice.cgroup}` : `killed ${notice.pid}`;
      if (counts && notice.kind === 'oom-kill') names.push(notice.limited);
      if (isNew(about, notice.timeMs, sameKillMs)) fresh.push(killedEvent(notice, work, model));
    } else if (notice.kind === 'guard-signal') {
      // Of others nobody here sees whether they end.
      const known = runs(before.work, notice.pid) ? before.work : runs(work, notice.pid) ? work : null;
      if (!counts || known === null) return;
      // It is asked again and again.
      asked = [...asked.filter(({ pid }) => pid !== notice.pid), killedEvent(notice, known, model)];
    } else if (notice.kind === 'own-kill') {
      if (isNew(`killed ${notice.pid}`, notice.timeMs, sameKillMs)) fresh.push(ownKilledEvent(notice, work));
    } else if (notice.kind === 'hung-task' && isNew(`hung ${notice.pid}`, notice.timeMs, sameHungMs)) {
      fresh.push(hungEvent(notice, work));
    }
  };
  for (const notice of [...said, ...kills]) tell(notice, true);
  for (const notice of probed(sample)) if (timeMs - notice.timeMs < newsMs) tell(notice, false);
  const kept = holdCounted(before.counted, events, names, { nowMs: monotonicMs, heard });
  const gone = now === null ? [] : asked.filter(({ pid }) => !runs(work, pid));
  for (const event of gone) if (isNew(`killed ${event.pid}`, event.timeMs, sameKillMs)) fresh.push(event);
  const waiting = asked.filter((one) => !gone.includes(one) && timeMs - one.timeMs < askedMs);
  const sameAsked =
    waiting.length === before.asked.length && waiting.every((one, at) => one === before.asked[at]);
  const same =
    sameAsked &&
    work === before.work &&
    kept.counted === before.counted &&
    heard === before.heard &&
    told === before.told;
  return {
    events: fresh.length === 0 ? kept.events : [...kept.events, ...fresh],
    carry: same
      ? before
      : { work, counted: kept.counted, heard, told, asked: sameAsked ? before.asked : waiting },
  };
}

/** Null where nothing tells: what a guard wrote into the journal comes also where the kernel's log may not be read. */
function hearsKernel({ notices }: Sample): boolean | null {
  if (notices === undefined) return null;
  if (!notices.ok) return false;
  return notices.value.length === 0 || notices.value.some(({ from }) => from === 'kernel') ? true : null;
}

/** What the journal said that was asked for: of systemd-oomd and other guards the kernel's log has nothing. */
function probed({ probes }: Sample): readonly Notice[] {
  if (!probes?.ok) return [];
  return probes.value.results.flatMap((one) => (one.id === 'kernel-log' && one.ok ? one.value.notices : []));
}
