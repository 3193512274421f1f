/** The Model as one JSON document, drawn from the table of fields. */

import { jsonDocument } from '../base/json-text.ts';
import { newPeer } from '../logs/peers.ts';
import { speedsByPeer } from '../logs/speed.ts';
import { totalsOf } from '../logs/totals.ts';
import { documentLists, type List } from '../model/fields/document.ts';
import type { Field, FieldValue, Unit } from '../model/fields/field.ts';
import { machineFields } from '../model/fields/machine.ts';
import type { WordedModel } from '../model/fields/notes.ts';
import type { RebuildRow } from '../model/fields/rebuild.ts';
import type { Model } from '../model/model.ts';
import { failedBuild } from '../model/rebuild/failed.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import { rootCauseText } from './causes.ts';
import { basisText, nextText, questions } from './decision-path.ts';
import { eventClause } from './events.ts';
import { foundText, hypothesisTitles } from './findings.ts';
import { guardActText } from './guard-act.ts';
import { probeResultText } from './probe-words.ts';
import { rebuildPhase } from './rebuild-words.ts';
import { remediesOf } from './remedies.ts';
import { causeText } from './shortages.ts';
import { verdictText } from './verdict.ts';

export type Json = number | string | boolean | null | readonly Json[] | { [name: string]: Json };
export type Fields = { [name: string]: Json };

/** The document as an object; every name is there, unknown is null. */
export function snapshotDocument(model: Model): Fields {
  const document: Fields = { version: model.version };
  fill(document, machineFields, model);
  addLists(document, documentLists, worded(model));
  return document;
}

function rebuildRow(followed: FollowedRebuild, nowMs: number): RebuildRow {
  const { rebuild } = followed;
  const totals = totalsOf(rebuild);
  const speeds = speedsByPeer(rebuild, nowMs);
  const names = new Set([...rebuild.peers.keys(), ...speeds.keys()]);
  return {
    followed,
    totals,
    phase: followed.over ? null : rebuildPhase(rebuild, totals),
    peers: Array.from(names, (name) => ({
      name,
      peer: rebuild.peers.get(name) ?? newPeer,
      bytesPerSec: speeds.get(name) ?? null,
    })),
    failures: followed.failures.map((root) => ({
      root,
      build: failedBuild(followed, root),
      text: rootCauseText(root),
    })),
    nowMs,
  };
}

/** What happened and what is short is said beside its data. */
export function worded(model: Model): WordedModel {
  return {
    ...model,
    rebuildRows: model.rebuilds.map((followed) => rebuildRow(followed, model.timeMs)),
    shortages: model.shortages.map((shortage) => ({ ...shortage, text: causeText(shortage.cause) })),
    verdicts: model.verdicts.map((verdict) => ({
      ...verdict,
      text: verdictText(verdict, model, { columns: Number.POSITIVE_INFINITY }),
    })),
    findings: model.findings.map((finding) => ({
      ...finding,
      text: foundText(finding.found),
      remedies: remediesOf(finding.found),
    })),
    hypotheses: model.hypotheses.map((one) => ({ ...one, title: hypothesisTitles[one.id] })),
    questions: model.decision.steps.map((step) => ({
      ...step,
      here: step.id === model.decision.at,
      question: questions[step.id].whole,
      text: basisText(step, model),
      nextText: step.next === null ? null : nextText(step.next, model),
    })),
    events: model.events.map((event) => ({ ...event, text: eventClause(event) })),
    guards: model.guards.map((guard) => ({
      ...guard,
      acts: guard.acts.map((act) => ({ ...act, text: guardActText(act) })),
    })),
    probeRows: [
      ...model.probes.running.map((run) => ({
        ...run,
        ...{ endedMs: null, ok: null, text: run.progress, problem: null },
      })),
      ...model.probes.results.map((result) => ({
        ...{ id: result.id, subject: result.subject, startedMs: result.startedMs, endedMs: result.endedMs },
        ...{ ok: result.ok, text: probeResultText(result), problem: result.ok ? null : result.problem },
      })),
    ],
  };
}

/** The document as text, without a newline at its end. */
export function formatSnapshotJson(model: Model): string {
  return jsonDocument(snapshotDocument(model));
}

function addLists<Subject>(target: Fields, wanted: readonly List<Subject, never>[], subject: Subject): void {
  for (const { name, fields, rows, lists } of wanted) {
    target[name] = rows(subject).map((row) => {
      const made: Fields = {};
      fill(made, fields, row);
      addLists(made, lists, row);
      return made;
    });
  }
}

function fill<Subject>(target: Fields, fields: readonly Field<Subject>[], subject: Subject): void {
  for (const field of fields) {
    const path = field.json.split('.');
    const name = path.pop() ?? '';
    const value = field.read(subject);
    if (value === undefined) {
      absent(target, path);
      continue;
    }
    objectAt(target, path)[name] = jsonValue(value, field.unit);
  }
}

/** The object that the field belongs to is not there: `problem` is left out, others are null. */
function absent(target: Fields, path: readonly string[]): void {
  const name = path.at(-1);
  if (name === undefined || name === 'problem') return;
  objectAt(target, path.slice(0, -1))[name] ??= null;
}

function objectAt(target: Fields, path: readonly string[]): Fields {
  let place = target;
  for (const name of path) {
    const next = place[name];
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) place = next as Fields;
    else {
      const made: Fields = {};
      place[name] = made;
      place = made;
    }
  }
  return place;
}

function jsonValue(value: FieldValue, unit: Unit): Json {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  if (unit === 'time') return Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : null;
  return unit.startsWith('bytes') ? Math.round(value) : Math.round(value * 1000) / 1000;
}
