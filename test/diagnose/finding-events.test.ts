/** Findings as events: in the journal, in History, in recordings. */
import { describe, expect, test } from 'vitest';
import { findingEvents } from '../../src/diagnose/finding-events.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import { readEvent } from '../../src/model/past/event-data.ts';
import { diagnosed, diagnosedFindings } from '../support/diagnosed-model.ts';
import { around, asleepIn, type Scene, shell, tell } from './story.ts';

const fifo = (second: number): Scene => ({
  processes: around([shell(asleepIn('wait_for_partner', second))]),
});
const ofFindings = (second: number) =>
  tell(second, fifo).model.events.filter(({ kind }) => kind === 'finding');

describe('an event', () => {
  test('when a build begins to be stuck, once, and with its name', () => {
    expect(ofFindings(100)).toEqual([]);
    const [event, ...others] = ofFindings(300);
    expect(event).toMatchObject({
      kind: 'finding',
      level: 'critical',
      hypothesis: 'build',
      state: 'confirmed',
      found: 'build-stuck',
      about: 'thing-1.0',
    });
    expect(others).toEqual([]);
    expect(readEvent(structuredClone(event))).toEqual(event);
  });

  test('of what must be known, and of no mere possibility', () => {
    const [stuck] = diagnosedFindings;
    expect(findingEvents({ ...diagnosed, events: [] }, [])).toMatchObject([
      { hypothesis: 'build', about: 'python3.12-numpy-2.1.2', state: 'likely' },
    ]);
    const possible = diagnosedFindings.map((one): Finding => ({ ...one, state: 'possible' }));
    expect(findingEvents({ ...diagnosed, findings: possible, events: [] }, [])).toEqual([]);
    // It grows to what must be known.
    expect(findingEvents({ ...diagnosed, events: [] }, possible)).toHaveLength(1);
    expect(
      findingEvents({ ...diagnosed, findings: [...diagnosedFindings], events: [] }, [stuck as Finding]),
    ).toEqual([]);
  });

  test('of space none: its shortage is one', () => {
    const full = diagnosedFindings.map((one): Finding => ({ ...one, level: 'critical', state: 'confirmed' }));
    const found = findingEvents({ ...diagnosed, findings: full, events: [] }, []);
    expect(found.map((event) => event.kind === 'finding' && event.found)).toEqual([
      'build-stuck',
      'build-stuck',
      'lock-held',
    ]);
  });

  test('not again of what has come and gone within ten minutes', () => {
    const begun = findingEvents({ ...diagnosed, events: [] }, []);
    const later = (ms: number) => ({ ...diagnosed, timeMs: diagnosed.timeMs + ms, events: begun });
    expect(findingEvents(later(599_000), [])).toEqual([]);
    expect(findingEvents(later(600_000), [])).toHaveLength(1);
  });
});

test.each<[string, object]>([
  ['a hypothesis of another version', { hypothesis: 'demons' }],
  ['a state that none has', { state: 'certain' }],
  ['no text', { found: { toString: 'x' } }],
])('of a recording with %s the words are kept', (_, over) => {
  const event = {
    timeMs: 1,
    level: 'critical',
    kind: 'finding',
    hypothesis: 'build',
    state: 'likely',
    found: 'x',
  };
  expect(readEvent({ ...event, about: null, ...over, text: 'likely: demons' })).toEqual({
    timeMs: 1,
    level: 'critical',
    kind: 'foreign',
    was: 'finding',
    text: 'likely: demons',
  });
});
