/** What it came from: the root cause or what is not known of it, and each suspect with what speaks for and against it. */
import { lengthText } from '../../base/duration.ts';
import { plural } from '../../base/plural.ts';
import type { Hypothesis } from '../../model/diagnosis/hypothesis.ts';
import type { ProbeId } from '../../model/diagnosis/probe.ts';
import { probeRow } from '../../model/diagnosis/probe-table.ts';
import type { Incident, Suspect } from '../../model/incident/incident.ts';
import { failureCauseText } from '../causes.ts';
import { evidenceText } from '../evidence.ts';
import { foundText, hypothesisTitles, untestedText } from '../findings.ts';
import { foundTitle } from '../found-titles.ts';
import { probeTitle } from '../probe-words.ts';
import { code, type Page, plain } from './markdown.ts';
import { utcClock, utcWorded } from './times.ts';

const mostSuspects = 6;
const mostEvidence = 6;

/** With its figures, without a full stop; null: it is not known, or there is none. */
export function rootCauseText(incident: Incident): string | null {
  const suspect = mainSuspect(incident);
  return suspect === null ? logText(incident) : foundText(suspect.finding.found);
}

/** The same in a few words. */
export function rootCauseTitle(incident: Incident): string | null {
  const suspect = mainSuspect(incident);
  if (suspect === null) return logText(incident);
  const { finding, about } = suspect;
  return foundTitle(finding.found.kind, about) ?? hypothesisTitles[finding.hypothesis];
}

function mainSuspect({ rootCause, suspects }: Incident): Suspect | null {
  const { kind } = rootCause;
  return kind === 'confirmed' || kind === 'likely' ? (suspects[rootCause.suspect] ?? null) : null;
}

function logText({ rootCause, impact }: Incident): string | null {
  const lost = rootCause.kind === 'log' ? impact.lost[rootCause.lost] : undefined;
  if (lost === undefined || lost.cause === null) return null;
  return `${lost.name ?? 'a build'} failed: ${failureCauseText(lost.cause)}`;
}

export function rootCauseLines(incident: Incident, page: Page): readonly string[] {
  const { rootCause, suspects } = incident;
  const text = plain(rootCauseText(incident) ?? '', page);
  switch (rootCause.kind) {
    case 'none':
      return [];
    case 'confirmed':
      return [`**Confirmed:** ${text}.`];
    case 'likely': {
      const suspect = suspects[rootCause.suspect];
      return [`**Likely, not proven:** ${text}.${suspect === undefined ? '' : settledBy(suspect, page)}`];
    }
    case 'log':
      return [`**By the log:** ${text}. No rule found anything on this machine that would explain it.`];
    case 'unknown': {
      const suspect = rootCause.suspect === null ? undefined : suspects[rootCause.suspect];
      if (suspect === undefined) return ['**Unknown.** No rule found anything that would explain it.'];
      const possible = plain(foundText(suspect.finding.found), page);
      const perhaps = `It may be this, and no more than that is known: ${possible}.`;
      return [`**Unknown.** ${perhaps}${settledBy(suspect, page)}`];
    }
  }
}

function settledBy({ finding }: Suspect, page: Page): string {
  const { probe } = finding;
  return probe === null
    ? ''
    : ` What would settle it, while it lasts: ${plain(probeTitle(probe, null), page)}, ${code(`nixpulse diagnose --probe=${probe}`, page)}.`;
}

/** All that mattered, then in a line each what is ruled out and what is not known. */
export function hypothesisLines(incident: Incident, page: Page): readonly string[] {
  const { suspects, others } = incident;
  // Two builds of one name that are stuck in the same way.
  const alike = [
    ...Map.groupBy(suspects, ({ finding }) => `${finding.hypothesis} ${foundText(finding.found)}`).values(),
  ];
  const shown = alike.slice(0, mostSuspects);
  const rest = alike.length - shown.length;
  const main = mainSuspect(incident);
  const lines = shown.flatMap(([one, ...others]) => {
    return one === undefined ? [] : suspectLines(one, { isMain: one === main, others: others.length, page });
  });
  if (rest > 0) lines.push(`- ${plural(rest, 'more finding')} of less weight left out.`);
  return [...lines, ...ruledOut(others), ...notKnown(others, page)];
}

/** What stands above as the root cause is not said again. */
function suspectLines(
  { finding, clock, fromMs, toMs }: Suspect,
  { isMain, others, page }: { readonly isMain: boolean; readonly others: number; readonly page: Page },
): string[] {
  const { hypothesis, state, found, evidence } = finding;
  const until =
    toMs === null ? 'to the end' : `to ${utcClock(toMs)} (${lengthText(Math.max(0, toMs - fromMs))})`;
  const title = `- **${hypothesisTitles[hypothesis]}**: ${state}, ${utcClock(fromMs)} ${until}. `;
  const again = others === 0 ? '' : ` (${plural(others, 'other')} alike)`;
  const known = evidence.filter(({ value, sinceMs }) => value !== null || sinceMs !== null);
  const side = (speaks: boolean) =>
    known
      .filter((one) => one.for === speaks)
      .slice(0, mostEvidence)
      .map((one) => plain(evidenceText(one, utcWorded(clock)), page));
  const [pro, contra] = [side(true), side(false)];
  return [
    `${title}${isMain ? 'See above' : capital(plain(foundText(found), page))}${again}.`,
    ...(pro.length === 0 ? [] : [`  - for: ${pro.join('; ')}`]),
    ...(contra.length === 0 ? [] : [`  - against: ${contra.join('; ')}`]),
  ];
}

export function capital(text: string): string {
  // A name is written as it is.
  return /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function ruledOut(others: readonly Hypothesis[]): string[] {
  const titles = (states: readonly string[]) =>
    others.filter(({ state }) => states.includes(state)).map(({ id }) => lower(hypothesisTitles[id]));
  const [out, unlikely] = [titles(['refuted']), titles(['unlikely', 'possible'])];
  return [
    ...(out.length === 0 ? [] : [`- Looked at, and ruled out: ${out.join('; ')}.`]),
    ...(unlikely.length === 0
      ? []
      : [`- Nothing speaks for them, as far as was seen: ${unlikely.join('; ')}.`]),
  ];
}

/** By what it would take to know. */
function notKnown(others: readonly Hypothesis[], page: Page): string[] {
  const open = others.filter(({ state }) => state === 'untested');
  const reasons = Map.groupBy(open, ({ ground }) =>
    ground.untested === null ? 'not looked at' : untestedText(ground.untested),
  );
  return [...reasons].map(([why, all]) => {
    const titles = all.map(({ id }) => lower(hypothesisTitles[id])).join('; ');
    const tests = [...new Set(all.flatMap(({ probes }) => probes.filter(needsNoSubject).slice(0, 1)))];
    return `- Not known (${plain(why, page)}): ${titles}.${testsText(tests, page)}`;
  });
}

/** Another one would have to be told what to look at. */
function needsNoSubject(id: ProbeId): boolean {
  const { subject, subjectOptional } = probeRow(id);
  return subject === null || subjectOptional;
}

function testsText(tests: readonly ProbeId[], page: Page): string {
  return tests.length === 0
    ? ''
    : ` To find out: ${code(`nixpulse diagnose --probe=${tests.join(',')}`, page)}`;
}

function lower(title: string): string {
  return /^[A-Z][a-z ]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
