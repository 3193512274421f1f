/** What stands in the timeline of itself: events, actions, lines of the kernel, tests, and what was not recorded. */

import { sameProcess } from '../base/identity.ts';
import type { Notice } from '../model/diagnosis/notice.ts';
import type { ProbeResult } from '../model/diagnosis/probe.ts';
import type { Stood, TimelineEntry, TimelineSource } from '../model/incident/timeline.ts';
import type { KeptEntry } from '../model/intents/outcome.ts';
import { isForMemory } from '../model/machine/killers.ts';
import type { Level, Model, ModelEvent } from '../model/model.ts';

/** Spells tell of these (spells.ts). */
const spelled: readonly ModelEvent['kind'][] = [
  'pressure',
  'limit',
  'stall',
  'space',
  'inodes',
  'shortage-ended',
];

export function isSpelled({ kind }: Pick<ModelEvent, 'kind'>): boolean {
  return spelled.includes(kind);
}

export function sourceOf(event: ModelEvent): TimelineSource {
  switch (event.kind) {
    case 'hung-task':
      return 'kernel';
    case 'killed':
      if (event.killer === 'nixpulse') return 'action';
      if (!isForMemory(event)) return 'log';
      return event.killer === 'kernel' || event.killer === 'limit' ? 'kernel' : 'journal';
    case 'build-failed':
    case 'rebuild-ended':
      return 'log';
    case 'finding':
      return 'diagnosis';
    case 'guard':
      return 'guard';
    default:
      return 'sample';
  }
}

export function eventEntry(event: ModelEvent, by: string | null = null): TimelineEntry {
  const { timeMs, level } = event;
  return { timeMs, source: sourceOf(event), level, what: { kind: 'event', event, by } };
}

/** Of what no event tells. */
export function isToldByNotice({ kind, from }: Notice): boolean {
  if (from === 'nixpulse') return false;
  return kind !== 'oom-kill' && kind !== 'guard-kill' && kind !== 'hung-task' && kind !== 'own-kill';
}

export function noticeEntry(notice: Notice): TimelineEntry {
  const { timeMs, from, kind } = notice;
  const level: Level = kind === 'filesystem' || kind === 'block-error' ? 'critical' : 'warning';
  const source = from === 'kernel' ? 'kernel' : 'journal';
  return { timeMs, source, level, what: { kind: 'notice', notice, count: 1, toMs: timeMs } };
}

export function actionEntry(entry: KeptEntry, timeMs: number, before: Model | null): TimelineEntry {
  const source = entry.via === 'guard' ? 'guard' : 'action';
  const level = entry.status === 'done' ? 'ok' : 'warning';
  return { timeMs, source, level, what: { kind: 'action', entry, stood: stoodOf(entry, before) } };
}

function stoodOf({ intent }: KeptEntry, before: Model | null): Stood | null {
  if (before === null || intent === null || !('targets' in intent)) return null;
  const { timeMs, monotonicMs, verdicts } = before;
  const [target] = intent.targets;
  const verdict = verdicts.find(({ subject }) => {
    return target !== undefined && subject.kind === 'build' && sameProcess(subject, target.root);
  });
  if (verdict === undefined || verdict.state === 'working' || verdict.reason.kind === 'short') return null;
  return { verdict, clock: { timeMs, monotonicMs } };
}

export function probeEntry(result: ProbeResult): TimelineEntry {
  const level = result.ok ? 'ok' : 'warning';
  return { timeMs: result.endedMs, source: 'probe', level, what: { kind: 'probe', result } };
}

export function silenceEntry(
  fromMs: number,
  toMs: number,
  lost: 'disk too slow' | 'too long' | null,
): TimelineEntry {
  const level = lost === null ? 'ok' : 'warning';
  return { timeMs: fromMs, source: 'recorder', level, what: { kind: 'silence', toMs, lost } };
}
