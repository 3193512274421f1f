/**
 * What another nixpulse of this user ended, a command above all: by the journal of actions, `<state>/journal.jsonl`. One
 * stat beside the tick; it is read when it has changed.
 */
import type { Notice } from '../model/diagnosis/notice.ts';
import { ownKills } from '../model/intents/own-kills.ts';
import { parseJournal } from '../parse/journal.ts';
import type { Ports } from '../platform/ports.ts';
import type { NoticeSource } from './notice-source.ts';

const everyMs = 2000;
/** It is begun anew at a quarter of that (perform/journal.ts). */
const mostBytes = 4 << 20;
/** Of one change. */
const mostEntries = 20;

/** Of a captured tree nothing was done here. What was done before we began is history. */
export function createActionJournal(
  { files, ownFiles, clock }: Pick<Ports, 'files' | 'ownFiles' | 'clock'>,
  stateDirectory: string,
): NoticeSource {
  const path = `${stateDirectory}/journal.jsonl`;
  const begunMs = clock.now();
  let waiting: readonly Notice[] = [];
  /** Of the last change; null before the first look. */
  let seen: string | null = null;
  /** Times at which what was told had begun. */
  let told: readonly string[] = [];
  let looking = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let closed = !files.live;

  async function look(): Promise<void> {
    const file = await files.ownerSlow(path);
    if (!file.ok && file.problem.kind !== 'gone') return;
    const now = file.ok ? `${file.value.bytes} ${file.value.mtimeMs}` : '';
    const before = seen;
    seen = now;
    if (before === null || before === now || now === '') return;
    const text = await ownFiles.read(path, { maxBytes: mostBytes });
    if (!text.ok) return;
    const { entries } = parseJournal(text.value, mostEntries);
    const fresh = entries.filter(({ time }) => Date.parse(time) >= begunMs && !told.includes(time));
    if (fresh.length === 0) return;
    told = [...told, ...fresh.map(({ time }) => time)].slice(-2 * mostEntries);
    waiting = [...waiting, ...fresh.flatMap(ownKills)];
  }

  return {
    refresh() {
      const nowMs = clock.monotonic();
      if (closed || looking || nowMs - lookedAtMs < everyMs) return;
      looking = true;
      lookedAtMs = nowMs;
      void look().finally(() => {
        looking = false;
      });
    },
    take() {
      const taken = waiting;
      if (taken.length > 0) waiting = [];
      return taken;
    },
    close() {
      closed = true;
    },
  };
}
