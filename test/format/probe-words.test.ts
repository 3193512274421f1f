import { expect, test } from 'vitest';
import { probeResultText, probeTitle, refusalText } from '../../src/format/probe-words.ts';
import { questionText } from '../../src/format/question.ts';
import type { ProbeResult } from '../../src/model/diagnosis/probe.ts';
import type { ProbeValues } from '../../src/model/diagnosis/probe-values.ts';
import type { Model } from '../../src/model/model.ts';
import { everyResult } from '../support/every-probe.ts';
import { busy, calm } from '../support/model-fixture.ts';

function resultOf<Id extends keyof ProbeValues>(id: Id, value: ProbeValues[Id]): ProbeResult {
  return { id, subject: null, startedMs: 1, endedMs: 2, ok: true, value } as ProbeResult;
}

test('what every probe brought, in one line', () => {
  for (const result of everyResult) {
    const text = probeResultText(result);
    expect(text, result.id).toMatch(/^\S.{5,300}$/);
    expect(text, result.id).not.toMatch(/undefined|null|NaN|\[object/);
  }
});

const path = '/nix/store/0123456789abcdfghijklmnpqrsvwxyz-hello-1.0';
test.each<[ProbeResult, string]>([
  [resultOf('verify-store', { checked: 1200, damaged: [] }), 'the store is sound: 1200 paths'],
  [resultOf('verify-store', { checked: 7, partial: true, damaged: [] }), 'no damage so far: 7 paths'],
  [
    resultOf('verify-store', { checked: 1200, damaged: [{ path, how: 'empty' }] }),
    '1 of 1200 paths damaged: hello-1.0 is empty',
  ],
  [resultOf('verify-path', { damaged: { path, how: 'unrecorded' } }), 'hello-1.0 is not in the database'],
  [resultOf('units', { failed: [], jobs: [] }), 'no unit has failed, no job is under way'],
  [resultOf('read-speed', { layers: [{ device: 'dm-0', bytesPerSec: 41 * 2 ** 20 }] }), 'dm-0 41M/s'],
  [
    resultOf('stack', {
      places: [{ wchan: 'wait_for_partner', times: 20, pid: 7, comm: 'bash' }],
      samples: 20,
      stack: null,
    }),
    'bash (7) sleeps in wait_for_partner, each time',
  ],
  [
    resultOf('stack', {
      places: [{ wchan: 'wait_for_partner', times: 20, pid: 7, comm: 'd9c29p4njcn82v7' }],
      samples: 20,
      stack: null,
    }),
    'process (7) sleeps in wait_for_partner, each time',
  ],
  [
    {
      id: 'smart',
      subject: 'sda',
      startedMs: 1,
      endedMs: 2,
      ok: false,
      problem: { kind: 'denied', where: '/dev/sda', cause: 'needs root' },
    },
    '/dev/sda: denied, needs root',
  ],
])('%o: %s', (result, text) => {
  expect(probeResultText(result)).toBe(text);
});

test('a probe is called by what it is about', () => {
  expect(probeTitle('verify-store', null)).toBe('verify the store');
  expect(probeTitle('stack', '7:99')).toBe('see where a process sleeps: 7');
  expect(probeTitle('verify-path', path)).toBe('verify one store path: hello-1.0');
  expect(probeTitle('evaluation', 'cwd:7:99:.#box')).toBe(
    'evaluate under limits: .#box in the directory of process 7',
  );
  expect(refusalText({ kind: 'busy', with: 'verify-store' })).toBe('one at a time: verify the store runs');
});

const ask = (model: Model) =>
  questionText({ intent: { type: 'probe', probe: 'bad-blocks', subject: 'sda', force: true }, model });

test('a question says what it takes; of a disk how long, once its speed was measured', () => {
  expect(ask(calm)).toBe(
    'read the whole disk: sda · hours: reads the whole disk at idle priority · needs root',
  );
  const layers = [{ device: 'sda', bytesPerSec: 100 * 2 ** 20, sizeBytes: 931 * 2 ** 30 }];
  const measured = { ...calm, probes: { running: [], results: [resultOf('read-speed', { layers })] } };
  expect(ask(measured)).toContain('about 2 h 39 min: reads 931 GB at 100M/s, at idle priority');
});

test('and what is critically short', () => {
  expect(ask(busy)).toContain('memory is critically short: it would make it worse');
});
