import { beforeAll, describe, expect, it } from 'vitest';
import { incidentDocument } from '../../../src/format/report/incident-json.ts';
import { formatReport, type ReportOptions } from '../../../src/format/report/report.ts';
import { createIncidentFold } from '../../../src/incident/fold.ts';
import type { Incident } from '../../../src/model/incident/incident.ts';
import { incidentIn } from '../../../src/modes/report/fold-recording.ts';
import { createRecordingFiles } from '../../../src/platform/recording-files.ts';
import { openRecording } from '../../../src/record/open-recording.ts';
import { everyEvent } from '../../support/every-event.ts';
import { expectGolden } from '../../support/golden.ts';
import { incidentFromMs, leakAt, modelAt, shortageAt } from '../../support/incident-models.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { blind, busy, calm, crowded, hostile } from '../../support/model-fixture.ts';
import { demoFile } from '../../support/recorded-screen.tsx';

const options: ReportOptions = {
  unicode: true,
  recorded: 'incident.nixpulse',
  version: '0.0.0',
  statusMs: null,
};

let demo: Incident;
beforeAll(async () => {
  const opened = await openRecording(createRecordingFiles(), demoFile);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const incident = await incidentIn(opened.value, { asked: { fromMs: null, toMs: null } });
  if (incident === null) throw new Error('the demo cannot be read');
  demo = incident;
});

function folded(...models: Parameters<ReturnType<typeof createIncidentFold>['add']>[0][]): Incident {
  const fold = createIncidentFold();
  for (const model of models) fold.add(model);
  const incident = fold.incident({ chosenBy: 'incident' });
  if (incident === null) throw new Error('nothing folded');
  return incident;
}

/** Prose and tables without code. */
function prose(report: string): string {
  return report.replace(/^(`{3,})[\s\S]*?^\1$/gm, '').replace(/(`+)[^\n]*?\1/g, '');
}

describe('the report of the demo', () => {
  it('is as the golden file has it', () => {
    expectGolden('report/demo', formatReport(demo, options));
    expectGolden('report/demo-ascii', formatReport(demo, { ...options, unicode: false }));
  });

  it('can be sent: short, nothing said twice, all its tables whole', () => {
    const report = formatReport(demo, options);
    const lines = report.split('\n');
    expect(lines.length).toBeLessThanOrEqual(120);
    const said = lines.filter((line) => line.length > 20 && !/^[|`-]+$/.test(line));
    expect(new Set(said).size).toBe(said.length);
    let columns = 0;
    for (const line of lines) {
      if (!line.startsWith('|')) columns = 0;
      else {
        const count = line.replaceAll('\\|', '').split('|').length;
        if (columns !== 0) expect(count, line).toBe(columns);
        columns = count;
      }
    }
    expect(report).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it('says what the demo is about', () => {
    const report = formatReport(demo, options);
    for (const told of [
      /webkitgtk-2\.46\.1 takes all the memory/,
      /\| 13:16:42 \| action \| root: kill webkitgtk-2\.46\.1 \|/,
      /webkitgtk-2\.46\.1 failed after 2 min: killed from nixpulse by root/,
      /loop1 finished no request for 15 s/,
      /27 s after: kill webkitgtk-2\.46\.1/,
      /max-jobs = 1/,
    ])
      expect(report).toMatch(told);
  });

  it('in ASCII has nothing else', () => {
    expect(formatReport(demo, { ...options, unicode: false })).toMatch(/^[\n -~]*$/);
  });

  it('as data is JSON with the sentences beside it', () => {
    const document = JSON.parse(JSON.stringify(incidentDocument(demo)));
    expect(document).toMatchObject({
      version: 1,
      severity: { level: 'major', rule: 'lost', text: expect.stringContaining('lost') },
      rootCause: { kind: 'likely', text: expect.stringContaining('webkitgtk') },
      critical: { shortages: ['memory', 'io'] },
    });
    expect(document.timeline.every(({ text }: { text: unknown }) => typeof text === 'string')).toBe(true);
  });
});

describe('a report', () => {
  it('of nothing says so', () => {
    const report = formatReport({ ...folded(modelAt(0)), chosenBy: 'recent' }, options);
    expect(report).toMatch(
      /\*\*Nothing was critical\.\*\* The last half hour that was recorded is reported\./,
    );
    expect(report).toMatch(/\*\*none\*\*: nothing was critical, and no build failed/);
    expect(report).not.toMatch(/## Root cause|## Prevention|## Charts/);
  });

  it('of what nobody explains says that, and what would settle it', () => {
    const found = leakAt(5, { state: 'possible', level: 'warning', probe: 'stack' });
    const incident = folded(
      modelAt(0),
      modelAt(5, { shortages: [shortageAt('memory', 'critical', 5)], findings: [found] }),
    );
    const report = formatReport(incident, options);
    expect(report).toMatch(/\*\*Unknown\.\*\* It may be this/);
    expect(report).toMatch(/`nixpulse diagnose --probe=stack`/);
    const without = folded(modelAt(0), modelAt(5, { shortages: [shortageAt('memory', 'critical', 5)] }));
    expect(formatReport(without, options)).toMatch(/\*\*Unknown\.\*\* No rule found anything/);
  });

  it('tells conclusions from facts, and what speaks against them', () => {
    const incident = folded(modelAt(0), modelAt(5, { findings: [leakAt(5)] }));
    const report = formatReport(incident, options);
    expect(report).toMatch(/\*\*Likely, not proven:\*\*/);
    expect(report).toMatch(/ {2}- against: .*90%/);
  });

  it.each([
    ['busy', busy],
    ['calm', calm],
    ['crowded', crowded],
    ['blind', blind],
    ['hostile', hostile],
  ])('of what is %s is Markdown without markup of others', (_, model) => {
    const incident = folded({ ...model, events: [] }, model);
    const report = formatReport(incident, options);
    const text = prose(report);
    expect(text).not.toMatch(/(?<!\\)</);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be in it
    expect(report).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
    expect(formatReport(incident, { ...options, unicode: false })).toMatch(/^[\n -~]*$/);
    for (const line of report.split('\n')) expect(line.length).toBeLessThan(4000);
  });

  it('has a line for every kind of event', () => {
    const fold = createIncidentFold();
    fold.add(modelAt(0));
    const events = everyEvent.map((event, at) => ({ ...event, timeMs: incidentFromMs + at * 1000 }));
    fold.add(modelAt(100, { events }));
    const incident = fold.incident({ chosenBy: 'asked' });
    const report = incident === null ? '' : formatReport(incident, options);
    expect(report).toMatch(/## Timeline/);
    expect(report).not.toMatch(/undefined|\[object/);
  });

  it('is not led astray by names', () => {
    const name = '|</td><script>alert(1)</script>`\n# Owned\n\u001b[2J';
    const fold = createIncidentFold();
    fold.add(modelAt(0));
    const entry = journalEntry({ user: name, title: `kill ${name}`, summary: name, details: [name] });
    fold.tell({ kind: 'action', timeMs: incidentFromMs + 1000, entry });
    fold.add(modelAt(2, { host: { ...modelAt(0).host, name, kernel: name } }));
    const incident = fold.incident({ chosenBy: 'asked' });
    const report = incident === null ? '' : formatReport(incident, { ...options, recorded: name });
    expect(report).not.toMatch(/^# Owned/m);
    expect(prose(report)).not.toMatch(/(?<!\\)<script/);
    expect(report).not.toContain('\u001b');
  });
});
