import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { demoFile, exampleOf } from '../../scripts/report-examples.ts';
import { severityRuleTexts } from '../../src/format/report/summary.ts';
import { severityRules } from '../../src/model/incident/incident.ts';

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');

describe('docs/report.md', () => {
  it('has every rule of severity, in its order', () => {
    const rows = severityRules.map(({ id, severity }) => `| ${severity} | ${severityRuleTexts[id]} |`);
    expect(read('report.md')).toContain(rows.join('\n'));
  });
});

describe('docs/examples', () => {
  it('has the report of the demo as it is written now: npm run examples demo', async () => {
    expect(read('examples/demo.md')).toBe(await exampleOf(demoFile, 'incident.nixpulse'));
  });

  it.each(['leak', 'stuck-build', 'full-build-directory'])(
    '%s is a report that says what it came from',
    (name) => {
      const report = read(`examples/${name}.md`);
      expect(report).toMatch(/^# Incident report: lab, /);
      expect(report).toMatch(/^## Root cause\n\n\*\*(Confirmed|Likely, not proven):\*\*/m);
      expect(report.split('\n').length).toBeLessThanOrEqual(130);
      expect(report).not.toMatch(/undefined|NaN|\[object/);
    },
  );
});
