import { expect, test } from 'vitest';
import { settlingProbes } from '../../src/diagnose/settling-probes.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { Hypothesis } from '../../src/model/diagnosis/hypothesis.ts';
import { noProbes } from '../../src/model/diagnosis/probes-done.ts';
import { busy } from '../support/model-fixture.ts';

const [stuck] = busy.findings as [Finding];
const ground = { state: 'untested', untested: { kind: 'probe' }, evidence: [] } as const;
const open: Hypothesis = {
  id: 'disk',
  state: 'untested',
  findings: [],
  probes: ['smart', 'bad-blocks'],
  ground,
};

function wanted(hypotheses: readonly Hypothesis[], more: Partial<typeof busy> = {}) {
  const { disks, clients } = busy;
  return settlingProbes({ disks, clients, findings: [stuck], probes: noProbes, hypotheses, ...more });
}

test('what nothing is known of: what costs little, about what carries the store', () => {
  expect(wanted([open])).toEqual([{ probe: 'smart', subject: 'nvme0n1' }]);
});

test('what is found and not certain: the probe that it names, about what it is about', () => {
  const one: Hypothesis = {
    ...open,
    id: 'build',
    state: 'possible',
    findings: [stuck.id],
    probes: ['stack'],
  };
  const subject = 'pid' in stuck.subject ? `${stuck.subject.pid}:${stuck.subject.startTime}` : '';
  expect(wanted([one])).toEqual([{ probe: 'stack', subject }]);
  expect(wanted([one], { findings: [{ ...stuck, state: 'confirmed' }] })).toEqual([]);
});

test('nothing about what nobody names, is ruled out, or this system does not tell', () => {
  expect(wanted([{ ...open, id: 'cache', probes: ['cache'] }])).toEqual([]);
  expect(
    wanted([{ ...open, state: 'refuted', ground: { ...ground, state: 'refuted', untested: null } }]),
  ).toEqual([]);
  expect(wanted([{ ...open, ground: { ...ground, untested: { kind: 'unsupported' } } }])).toEqual([]);
});

test('none that has run, and none twice', () => {
  const result = {
    id: 'smart',
    ...{ subject: 'nvme0n1', startedMs: 0, endedMs: 1 },
    ok: false,
    problem: { kind: 'unsupported', where: 'smartctl' },
  } as const;
  expect(wanted([open], { probes: { running: [], results: [result] } })).toEqual([]);
  expect(wanted([open, { ...open, id: 'volume' }])).toHaveLength(1);
});
