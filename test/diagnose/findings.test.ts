/** What the engine makes of what rules say, whichever they are. */
import { expect, test } from 'vitest';
import { findAll, noFindings } from '../../src/diagnose/findings.ts';
import { type Rule, refuted } from '../../src/diagnose/rule.ts';
import type { FindingDraft } from '../../src/model/diagnosis/finding.ts';
import { calm } from '../support/model-fixture.ts';

const slow = (cache: string, level: FindingDraft['level'], bytes: number): FindingDraft => ({
  subject: { kind: 'cache', cache },
  level,
  state: 'likely',
  found: {
    kind: 'transfer-stalled',
    peer: cache,
    direction: 'fetch',
    path: null,
    bytes,
    expectedBytes: null,
    bytesPerSec: 0,
    transfers: 1,
  },
  evidence: [],
  sinceMs: null,
});
const saying = (...findings: readonly FindingDraft[]): Rule => ({
  id: 'cache',
  probes: [],
  look: () => ({ findings, ground: refuted() }),
});

test('two rebuilds that say the same of one cache are one finding, the worst', () => {
  const drafts = [
    slow('https://a', 'warning', 1),
    slow('https://a', 'critical', 2),
    slow('https://b', 'ok', 3),
  ];
  const { findings, hypotheses } = findAll(calm, noFindings, { rules: [saying(...drafts)] });
  expect(findings.map(({ level, found }) => [level, 'bytes' in found && found.bytes])).toEqual([
    ['critical', 2],
    ['ok', 3],
  ]);
  expect(hypotheses[0]?.findings).toEqual(findings.map(({ id }) => id));
});
