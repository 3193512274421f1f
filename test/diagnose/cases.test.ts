/** Every rule has a story that fires it, and one like it in which it stays silent. */
import { describe, expect, it } from 'vitest';
import { findAll, noFindings } from '../../src/diagnose/findings.ts';
import type { Rule } from '../../src/diagnose/rule.ts';
import { rules } from '../../src/diagnose/rules/rules.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import { hypothesisIds } from '../../src/model/diagnosis/hypothesis.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import { busy } from '../support/model-fixture.ts';
import { cases, type Story } from './cases.ts';

/** What a rule alone has found at the last look. */
function found(rule: Rule, story: Story): readonly Finding[] {
  let known = noFindings;
  for (const model of story) known = findAll(model, known, { rules: [rule] });
  return known.findings;
}

describe.each(rules)('the rule $id', (rule) => {
  const { fires, silent } = cases[rule.id];

  it('fires', () => {
    const findings = found(rule, fires);
    expect(findings).not.toEqual([]);
    for (const { hypothesis, level, state } of findings) {
      expect(hypothesis).toBe(rule.id);
      expect(['ok', 'warning', 'critical']).toContain(level);
      expect(['possible', 'likely', 'confirmed']).toContain(state);
    }
  });

  it('stays silent', () => {
    expect(silent).not.toEqual([]);
    expect(found(rule, silent).filter(({ level }) => level !== 'ok')).toEqual([]);
  });
});

describe('the list of rules', () => {
  it('has each hypothesis once', () => {
    const ids = rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual([...hypothesisIds].sort());
  });

  it('tells of all eighteen, also of a machine of which nothing is known', () => {
    for (const model of [emptyModel, busy]) {
      const { hypotheses } = findAll(model, noFindings);
      expect(hypotheses.map(({ id }) => id).sort()).toEqual([...hypothesisIds].sort());
      expect(hypotheses).toHaveLength(18);
    }
  });
});
