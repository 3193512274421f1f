/** What `nixpulse report --json` prints: the incident as data, with the sentences of the report beside it. */
import type { Incident } from '../../model/incident/incident.ts';
import { foundText, hypothesisTitles } from '../findings.ts';
import { remediesOf } from '../remedies.ts';
import { severityRuleTexts } from './summary.ts';
import { happeningText } from './timeline.ts';
import { rootCauseText } from './verdict.ts';

export type Json = number | string | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Names ending in `Ms` are Unix ms; of `sinceMs` in evidence monotonic ms, by the `clock` beside it. Unknown is null. */
export function incidentDocument(incident: Incident): { readonly [name: string]: Json } {
  const { severity, rootCause, suspects, timeline, others } = incident;
  const document = {
    ...incident,
    severity: { ...severity, text: severityRuleTexts[severity.rule] },
    rootCause: { ...rootCause, text: rootCauseText(incident) },
    timeline: timeline.map((entry) => ({ ...entry, text: happeningText(entry, incident.span) })),
    suspects: suspects.map((one) => ({
      ...one,
      title: hypothesisTitles[one.finding.hypothesis],
      text: foundText(one.finding.found),
      remedies: remediesOf(one.finding.found),
    })),
    others: others.map((one) => ({ ...one, title: hypothesisTitles[one.id] })),
  };
  return plainJson(document) as { readonly [name: string]: Json };
}

/** Without what JSON has no word for. */
function plainJson(value: unknown): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null) return null;
  const known = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(known.map(([name, one]) => [name, plainJson(one)]));
}
