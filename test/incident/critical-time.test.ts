import { describe, expect, it } from 'vitest';
import { createCriticalTime } from '../../src/incident/critical-time.ts';
import { incidentFromMs, leakAt, modelAt, shortageAt } from '../support/incident-models.ts';

const critical = (sec: number) => ({ shortages: [shortageAt('memory', 'critical', sec)] });

describe('critical time', () => {
  it('is none where nothing was', () => {
    const time = createCriticalTime();
    time.look(modelAt(0, { shortages: [shortageAt('memory', 'warning', 0)] }));
    expect([time.span(), time.lastMs(), time.calmMs(), time.known()]).toEqual([null, null, null, null]);
  });

  it('adds its spells up, and is calm when nothing is short any more', () => {
    const time = createCriticalTime();
    for (let sec = 0; sec < 60; sec += 1) {
      const isCritical = (sec >= 10 && sec < 20) || (sec >= 30 && sec < 35);
      const warning = sec >= 35 && sec < 40 ? { shortages: [shortageAt('memory', 'warning', 35)] } : {};
      time.look(modelAt(sec, isCritical ? critical(sec) : warning));
    }
    expect(time.span()).toEqual({
      ...{ fromMs: incidentFromMs + 10_000, toMs: incidentFromMs + 35_000, lengthSec: 15 },
      shortages: ['memory'],
    });
    expect(time.calmMs()).toBe(incidentFromMs + 40_000);
  });

  it('counts by the clock that is never set', () => {
    const time = createCriticalTime();
    for (let sec = 0; sec < 10; sec += 1) {
      const model = modelAt(sec, critical(0));
      time.look(sec < 5 ? model : { ...model, timeMs: model.timeMs - 3_600_000 });
    }
    time.look({ ...modelAt(10), timeMs: incidentFromMs - 3_590_000 });
    expect(time.span()?.lengthSec).toBe(10);
  });

  it('ends with the boot', () => {
    const time = createCriticalTime();
    for (let sec = 0; sec < 10; sec += 1) time.look(modelAt(sec, critical(0)));
    time.look({ ...modelAt(300, critical(300)), monotonicMs: 5000 });
    time.look({ ...modelAt(301), monotonicMs: 6000 });
    expect(time.span()?.lengthSec).toBe(10);
  });

  it('is a moment where somebody was killed, and not of what is only told for long', () => {
    const time = createCriticalTime();
    const past = leakAt(0, {
      found: { ...leakAt(0).found, kind: 'limit-kill' } as never,
      state: 'confirmed',
    });
    time.look(modelAt(0, { findings: [past] }));
    expect(time.span()).toBeNull();
    time.touch(incidentFromMs + 500);
    expect(time.span()).toMatchObject({ lengthSec: 0, toMs: incidentFromMs + 500 });
    time.look(modelAt(1));
    expect(time.calmMs()).toBe(incidentFromMs + 1000);
  });

  it('of a finding that lasts goes on to the end', () => {
    const time = createCriticalTime();
    time.look(modelAt(0, { findings: [leakAt(0)] }));
    time.look(modelAt(30, { findings: [leakAt(0)] }));
    expect(time.span()).toMatchObject({ toMs: null, lengthSec: 30, shortages: [] });
  });
});
