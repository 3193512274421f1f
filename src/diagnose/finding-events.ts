/** What was found and must be known, as events of the Model: each when it begins to be likely. */

import { sameProcess } from '../base/identity.ts';
import { baseName } from '../base/text.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import { subjectName } from '../model/diagnosis/subject-name.ts';
import { isWorthALine } from '../model/diagnosis/worth-a-line.ts';
import type { Model, ModelEvent } from '../model/model.ts';
import { subjectOf } from '../model/past/event-data.ts';
import { nameOfBuild } from './build-name.ts';

/** What comes and goes within this time is one event. */
const againAfterMs = 600_000;

/** Space that runs short is a shortage, whose events tell of it. */
const isNews = (finding: Finding) =>
  finding.level === 'critical' && isWorthALine(finding) && finding.found.kind !== 'space';

/** `before`: what was found at the look before this Model. */
export function findingEvents(
  model: Pick<Model, 'findings' | 'events' | 'builds' | 'clients' | 'timeMs'>,
  before: readonly Finding[],
): readonly ModelEvent[] {
  const { findings, events, timeMs } = model;
  if (findings === before) return [];
  const known = new Set(before.filter(isNews).map(({ id }) => id));
  return findings
    .filter((finding) => isNews(finding) && !known.has(finding.id))
    .map((finding) => eventOf(finding, model))
    .filter((event) => {
      const same = subjectOf(event);
      return !events.some((old) => timeMs - old.timeMs < againAfterMs && subjectOf(old) === same);
    });
}

function eventOf(
  finding: Finding,
  model: Pick<Model, 'builds' | 'clients' | 'timeMs'>,
): Extract<ModelEvent, { readonly kind: 'finding' }> {
  const { hypothesis, state, level, found } = finding;
  const sure = state === 'confirmed' ? 'confirmed' : 'likely';
  const about = aboutOf(finding, model);
  return { timeMs: model.timeMs, level, kind: 'finding', hypothesis, state: sure, found: found.kind, about };
}

/** Null: the machine, or nobody knows its name. */
export function aboutOf(
  { subject }: Finding,
  { builds, clients }: Pick<Model, 'builds' | 'clients'>,
): string | null {
  switch (subject.kind) {
    case 'machine':
    case 'rebuild':
      return null;
    case 'build':
      return nameOfBuild(
        builds.find((one) => sameProcess(one, subject)) ?? { name: null, user: null, ...subject },
      );
    case 'client':
      return clients.find((one) => sameProcess(one, subject))?.tool ?? `client ${subject.pid}`;
    case 'process':
      return `process ${subject.pid}`;
    case 'cgroup':
    case 'path':
      return baseName(subjectName(subject) ?? '');
    default:
      return subjectName(subject);
  }
}
