/**
 * What the guards of memory (systemd-oomd, earlyoom, nohang) write into the journal, as it comes: the kernel's log has
 * nothing of it. One journalctl, started while nothing is short and only where a guard runs; where there is no systemd
 * nothing happens.
 */
import type { Notice } from '../model/diagnosis/notice.ts';
import { createJournalNotices, entryOf, guardEntries } from '../parse/journal-notice.ts';
import type { Ports, RunningProcess } from '../platform/ports.ts';
import type { NoticeSource } from './notice-source.ts';

/** Where systemd has its units: cgroup v2, and beside v1. A unit that does not run has no cgroup. */
const slices = ['/sys/fs/cgroup/system.slice', '/sys/fs/cgroup/systemd/system.slice'];
const unit = /^(?:systemd-oomd|earlyoom|nohang(?:-desktop)?)\.service$/;
const lookEveryMs = 30_000;
/** Of one Sample. */
const mostNotices = 50;
/** It ended by itself: asked again after so long, each time twice as long. */
const firstPauseMs = 5000;
const longestPauseMs = 10 * 60_000;
/** Who ran for so long had not failed. */
const soundMs = 60_000;
/** So often in a row it has ended at once: it will do so again. */
const mostFailures = 6;
/** setpriv could not run the program. */
const notThere = [126, 127];

/** Without a journal nothing is ever heard; nobody is told, for nothing is missing that was there before. */
export function createGuardJournal({
  files,
  clock,
  spawn,
}: Pick<Ports, 'files' | 'clock' | 'spawn'>): NoticeSource {
  let waiting: Notice[] = [];
  let guarded = false;
  let looking = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let running: RunningProcess | null = null;
  let startAtMs = Number.NEGATIVE_INFINITY;
  let pauseMs = firstPauseMs;
  let failures = 0;
  /** Unix ms at which the last one ended: the next one begins there. */
  let missedFromMs: number | null = null;
  let over = !files.live;

  async function look(): Promise<void> {
    const lists = await Promise.all(slices.map((path) => files.listSlow(path)));
    // What could not be listed now is as it was.
    if (lists.some((list) => !list.ok && list.problem.kind === 'timeout')) return;
    guarded = lists.some((list) => list.ok && list.value.some((name) => unit.test(name)));
    if (!guarded) running?.cancel();
  }

  function start(): void {
    const reader = createJournalNotices();
    const startedAtMs = clock.monotonic();
    const from =
      missedFromMs === null ? ['--lines=0'] : ['--lines=all', `--since=@${Math.floor(missedFromMs / 1000)}`];
    const mine = spawn.stream(
      'journalctl',
      ['--follow', ...from, '--output=json', '--no-pager', ...guardEntries],
      {
        mortal: true,
        environment: { LC_ALL: 'C' },
        onLine(line, stream) {
          if (stream === 'stdout') waiting.push(...reader.read(entryOf(line)));
          // Of the group systemd-journal only, or root: who is not, hears nobody but himself.
          else if (/insufficient permissions|not seeing messages/.test(line)) end();
          if (waiting.length > mostNotices) waiting = waiting.slice(-mostNotices);
        },
      },
    );
    running = mine;
    void mine.done.then((ended) => {
      running = null;
      const nowMs = clock.monotonic();
      missedFromMs = clock.now();
      if (!ended.ok || notThere.includes(ended.value.exitCode ?? 0)) return end();
      const sound = nowMs - startedAtMs >= soundMs;
      failures = sound ? 0 : failures + 1;
      pauseMs = sound ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
      startAtMs = nowMs + pauseMs;
      if (failures >= mostFailures) end();
    });
  }

  function end(): void {
    over = true;
    running?.cancel();
  }

  return {
    refresh(short) {
      if (over) return;
      const nowMs = clock.monotonic();
      if (!looking && nowMs - lookedAtMs >= lookEveryMs) {
        looking = true;
        lookedAtMs = nowMs;
        void look().finally(() => {
          looking = false;
        });
      }
      if (guarded && running === null && !short && nowMs >= startAtMs) start();
    },
    take() {
      const taken = waiting;
      if (taken.length > 0) waiting = [];
      return taken;
    },
    close: end,
  };
}
