import { expect, test } from 'vitest';
import { probeBlocked, probeStep } from '../../src/commands/probe-step.ts';
import type { Shortage } from '../../src/model/model.ts';
import { calm } from '../support/model-fixture.ts';
import { situationOf } from '../support/situation.ts';

const short: Shortage = {
  resource: 'memory',
  level: 'critical',
  cause: { kind: 'pressure', resource: 'memory', line: 'full', percent: 40 },
  sinceMs: 0,
  levelSinceMs: 0,
};
const atEase = { act: { model: calm } };
const needy = { act: { model: { ...calm, shortages: [short] } } };

test.each([
  ['stack', '7:9', atEase, 'perform', undefined],
  ['verify-store', null, atEase, 'ask', true],
  ['database', null, atEase, 'perform', undefined],
  ['database', null, needy, 'ask', true],
  ['stack', '7:9', needy, 'perform', undefined],
] as const)('%s of %s in %o: %s', (probe, subject, over, type, force) => {
  const step = probeStep(probe, subject, situationOf(over));
  expect(step).toMatchObject({ type, intent: { type: 'probe', probe, subject } });
  expect('intent' in step && step.intent).toEqual({
    ...{ type: 'probe', probe, subject },
    ...(force === undefined ? {} : { force }),
  });
});

test('with --read-only it runs, in a recording it does not', () => {
  expect(probeBlocked('stack', situationOf({ readOnly: true }))).toBeUndefined();
  expect(probeBlocked('stack', situationOf({ replay: { canReturn: true, typed: null } }))).toBe(
    'this is a recording',
  );
});
