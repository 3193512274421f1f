import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../../src/model/model.ts';
import type { RecordedEvent } from '../../../src/model/past/recorded.ts';
import { reportSpan } from '../../../src/modes/report/span.ts';

const minute = 60_000;
const whole = { fromMs: 0, toMs: 600 * minute };
const nothing = { fromMs: null, toMs: null };

type Facts = ModelEvent extends infer One ? (One extends ModelEvent ? Omit<One, 'timeMs'> : never) : never;
const alert = (minutes: number, facts: Facts): RecordedEvent => {
  const timeMs = minutes * minute;
  return { kind: 'alert', timeMs, event: { timeMs, ...facts } as ModelEvent };
};
const short = (minutes: number, level: 'warning' | 'critical' = 'critical') =>
  alert(minutes, { kind: 'pressure', level, resource: 'memory', line: 'full', percent: 40 });
const well = (minutes: number) =>
  alert(minutes, { kind: 'shortage-ended', level: 'ok', resource: 'memory', path: null, lengthSec: 60 });
const inMinutes = (events: readonly RecordedEvent[]) => {
  const { fromMs, toMs, chosenBy } = reportSpan(whole, events, nothing);
  return [fromMs / minute, toMs / minute, chosenBy];
};

describe('what is reported', () => {
  it('is the last half hour where nothing was critical', () => {
    expect(inMinutes([])).toEqual([570, 600, 'recent']);
    expect(inMinutes([short(100, 'warning'), well(120)])).toEqual([570, 600, 'recent']);
  });

  it('is the last incident, from five minutes before to two after', () => {
    expect(inMinutes([short(100), well(110), short(300), well(340)])).toEqual([295, 342, 'incident']);
  });

  it('is all of what came again within a quarter of an hour', () => {
    expect(inMinutes([short(100), well(110), short(120), well(130)])).toEqual([95, 132, 'incident']);
  });

  it('goes to the end where it is not over', () => {
    expect(inMinutes([short(300)])).toEqual([295, 600, 'incident']);
  });

  it('does not end with what is short beside it', () => {
    const stall = alert(302, { kind: 'stall', level: 'critical', device: 'sda', stalledSec: 2 });
    expect(inMinutes([short(300), stall, well(310)])).toEqual([295, 600, 'incident']);
  });

  it('is a moment where somebody was killed', () => {
    expect(inMinutes([alert(50, { kind: 'oom-kill', level: 'critical', count: 1 })])).toEqual([
      45,
      52,
      'incident',
    ]);
  });

  it('is what was asked for, up to the ends of the recording', () => {
    const events = [short(300), well(340)];
    const asked = (fromMs: number | null, toMs: number | null) => reportSpan(whole, events, { fromMs, toMs });
    expect(asked(minute, null)).toEqual({ chosenBy: 'asked', fromMs: minute, toMs: whole.toMs });
    expect(asked(null, minute)).toEqual({ chosenBy: 'asked', fromMs: 0, toMs: minute });
  });

  it('stays within a recording that begins in its midst', () => {
    expect(inMinutes([short(2), well(3)])).toEqual([0, 5, 'incident']);
  });
});
