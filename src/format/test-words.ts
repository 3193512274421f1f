/** What has become of a test that would settle a hypothesis: it runs, it brought something, it has not run. */
import { clockText, minuteText } from '../base/clock-time.ts';
import { formatDuration } from '../base/duration.ts';
import type { ProbeResult, ProbeRun } from '../model/diagnosis/probe.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import { type ProbesDone, resultOf } from '../model/diagnosis/probes-done.ts';
import type { Cell } from './columns.ts';
import { probeResultText } from './probe-words.ts';

type Test = Pick<ProbeRun, 'id' | 'subject'>;
type Running = ProbesDone['running'][number];

export interface TestState {
  readonly running: Running | null;
  /** The newest. */
  readonly result: ProbeResult | null;
}

export function testState({ id, subject }: Test, probes: ProbesDone): TestState {
  return {
    running: probes.running.find((one) => one.id === id && one.subject === subject) ?? null,
    result: resultOf(probes, id, subject),
  };
}

/** `runs 0:12, 40%`. */
export function runningText({ startedMs, progress }: Running, timeMs: number): string {
  const since = formatDuration(Math.max(0, timeMs - startedMs) / 1000);
  return `runs ${since}${progress === null ? '' : `, ${progress}`}`;
}

/** `13:21:04  pytest (5003) sleeps in futex_do_wait, each time`. */
export function resultText(result: ProbeResult): string {
  return `${clockText(result.endedMs)}  ${probeResultText(result)}`;
}

/** The first that runs, else the newest result, else the first of them, as a cell of a table. */
export function testCell(tests: readonly Test[], probes: ProbesDone, timeMs: number): Cell {
  const states = tests.map((one) => testState(one, probes));
  const running = states.find((one) => one.running !== null)?.running;
  if (running != null) return { text: runningText(running, timeMs), tone: 'accent' };
  const results = states.flatMap(({ result }) => (result === null ? [] : [result]));
  const newest = results.toSorted((a, b) => b.endedMs - a.endedMs)[0];
  if (newest !== undefined) {
    return {
      text: `${minuteText(newest.endedMs)} ${probeResultText(newest)}`,
      tone: newest.ok ? undefined : 'warning',
    };
  }
  const [first] = tests;
  return first === undefined ? { text: '' } : { text: probeRow(first.id).title, tone: 'muted' };
}
