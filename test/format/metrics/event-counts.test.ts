import { expect, it } from 'vitest';
import { countEvents, eventMetrics, noEvents } from '../../../src/format/metrics/event-counts.ts';
import { metricsText } from '../../../src/format/metrics/metrics-text.ts';
import type { ModelEvent } from '../../../src/model/model.ts';
import { everyEvent } from '../../support/every-event.ts';

const text = (counts = noEvents) => metricsText(eventMetrics(counts));
const value = (of: string, name: string) =>
  of
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.split(' ')
    .at(-1);

const ended = (ageSec: number | null): ModelEvent => ({
  ...{ kind: 'build-ended', timeMs: 1, level: 'ok', pid: 1, startTime: 1, name: 'a', user: null, ageSec },
});

it('tells zero from the start, so that the first one is an increase', () => {
  expect(value(text(), 'nixpulse_events_total{kind="build-failed"}')).toBe('0');
  expect(value(text(), 'nixpulse_guard_actions_total{action="kill",dry_run="false"}')).toBe('0');
  expect(value(text(), 'nixpulse_kills_total{killer="earlyoom"}')).toBe('0');
});

it('counts each event once, however long it is told, and keeps what was forgotten', () => {
  const [one, two, three] = [ended(9), ended(700), ended(null)];
  const after = [[one], [one, two], [two], [two, three], []].reduce(countEvents, noEvents);
  expect(value(text(after), 'nixpulse_events_total{kind="build-ended"}')).toBe('3');
  expect(value(text(after), 'nixpulse_build_duration_seconds_count')).toBe('2');
  expect(value(text(after), 'nixpulse_build_duration_seconds_sum')).toBe('709');
  expect(value(text(after), 'nixpulse_build_duration_seconds_bucket{le="10"}')).toBe('1');
  expect(value(text(after), 'nixpulse_build_duration_seconds_bucket{le="600"}')).toBe('1');
  expect(value(text(after), 'nixpulse_build_duration_seconds_bucket{le="1200"}')).toBe('2');
  expect(value(text(after), 'nixpulse_build_duration_seconds_bucket{le="+Inf"}')).toBe('2');
});

it('knows every kind of event, every killer, cause, action and rule that comes', () => {
  const counts = countEvents(noEvents, everyEvent);
  // What came under labels that are not told would be counted for nobody.
  const told = eventMetrics(counts)
    .filter(({ type }) => type === 'counter')
    .flatMap(({ samples }) => samples)
    .reduce((sum, sample) => sum + sample.value, 0);
  expect(told).toBe([...counts.counts.values()].reduce((sum, one) => sum + one, 0));
  expect(told).toBeGreaterThan(everyEvent.length);
});

it('the bound itself is within its bucket', () => {
  expect(
    value(text(countEvents(noEvents, [ended(10)])), 'nixpulse_build_duration_seconds_bucket{le="10"}'),
  ).toBe('1');
});
