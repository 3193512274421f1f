/** The Model as one JSON document, drawn from the table of fields. */
import {
  buildFields,
  clientFields,
  diskFields,
  eventFields,
  type Field,
  filesystemFields,
  machineFields,
  problemFields,
  processFields,
  shortageFields,
  transferFields,
  type Unit,
  workerFields,
} from '../model/fields/field.ts';
import type { WordedModel } from '../model/fields/notes.ts';
import type { Model } from '../model/model.ts';
import { eventClause } from './events.ts';
import { causeText } from './shortages.ts';

type Json = number | string | boolean | null | readonly Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/** A list of the document: where it stands, what one of its rows has. */
export interface List<Subject, Row> {
  readonly json: string;
  readonly help: string;
  readonly fields: readonly Field<Row>[];
  readonly rows: (subject: Subject) => readonly Row[];
  readonly lists?: readonly List<Row, never>[];
}

function list<Subject, Row>(row: List<Subject, Row>): List<Subject, never> {
  return row as unknown as List<Subject, never>;
}

export const documentLists: readonly List<WordedModel, never>[] = [
  list({
    json: 'shortages',
    help: 'What is short now, worst first.',
    fields: shortageFields,
    rows: (m: WordedModel) => m.shortages.map((shortage) => ({ shortage, monotonicMs: m.monotonicMs })),
  }),
  list({ json: 'disks', help: 'Disks.', fields: diskFields, rows: (m: Model) => m.disks }),
  list({
    json: 'filesystems',
    help: 'The file systems of /nix, /, /tmp and the build directory.',
    fields: filesystemFields,
    rows: (m: Model) => m.filesystems,
  }),
  list({
    json: 'clients',
    help: 'What users started: the outermost Nix tool of each process tree.',
    fields: clientFields,
    rows: (m: Model) => m.clients,
  }),
  list({
    json: 'workers',
    help: 'Daemon processes, one for each client.',
    fields: workerFields,
    rows: (m: Model) => m.workers,
  }),
  list({
    json: 'builds',
    help: 'Builds.',
    fields: buildFields,
    rows: (m: Model) => m.builds,
    lists: [
      list({
        json: 'tree',
        help: 'Its processes, depth first, the builder first, those outside of the tree last.',
        fields: processFields,
        rows: (b: Model['builds'][number]) => b.tree,
      }),
    ],
  }),
  list({
    json: 'transfers',
    help: 'Substitutions and copies.',
    fields: transferFields,
    rows: (m: Model) => m.transfers,
  }),
  list({
    json: 'events',
    help: 'What happened, newest last.',
    fields: eventFields,
    rows: (m: WordedModel) => m.events,
  }),
  list({
    json: 'problems',
    help: 'What could not be read.',
    fields: problemFields,
    rows: (m: Model) => m.problems,
  }),
];

/** The document as an object; every name is there, unknown is null. */
export function snapshotDocument(model: Model): JsonObject {
  const document: JsonObject = { version: model.version };
  fill(document, machineFields, model);
  addLists(document, documentLists, worded(model));
  return document;
}

/** What happened and what is short is said beside its data. */
function worded(model: Model): WordedModel {
  return {
    ...model,
    shortages: model.shortages.map((shortage) => ({ ...shortage, text: causeText(shortage.cause) })),
    events: model.events.map((event) => ({ ...event, text: eventClause(event) })),
  };
}

/** The document as text, without a newline at its end. */
export function formatSnapshotJson(model: Model): string {
  return JSON.stringify(snapshotDocument(model), null, 2);
}

function addLists<Subject>(
  target: JsonObject,
  wanted: readonly List<Subject, never>[],
  subject: Subject,
): void {
  for (const { json, fields, rows, lists: inner } of wanted) {
    target[json] = rows(subject).map((row) => {
      const made: JsonObject = {};
      fill(made, fields, row);
      if (inner !== undefined) addLists(made, inner, row);
      return made;
    });
  }
}

function fill<Subject>(target: JsonObject, fields: readonly Field<Subject>[], subject: Subject): void {
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
function absent(target: JsonObject, path: readonly string[]): void {
  const name = path.at(-1);
  if (name === undefined || name === 'problem') return;
  objectAt(target, path.slice(0, -1))[name] ??= null;
}

function objectAt(target: JsonObject, path: readonly string[]): JsonObject {
  let place = target;
  for (const name of path) {
    const next = place[name];
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) place = next as JsonObject;
    else {
      const made: JsonObject = {};
      place[name] = made;
      place = made;
    }
  }
  return place;
}

function jsonValue(value: NonNullable<Json> | null, unit: Unit): Json {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  if (unit === 'time') return Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : null;
  return unit.startsWith('bytes') ? Math.round(value) : Math.round(value * 1000) / 1000;
}

/** Every leaf of the document with its row, as `builds[].states.D`. */
export function documentedNames(): readonly { readonly path: string; readonly field: Field<never> }[] {
  return [
    ...machineFields.map((field) => ({ path: field.json, field: field as Field<never> })),
    ...named(documentLists, ''),
  ];
}

function named<Subject>(
  wanted: readonly List<Subject, never>[],
  prefix: string,
): { path: string; field: Field<never> }[] {
  return wanted.flatMap((row) => [
    ...row.fields.map((field) => ({ path: `${prefix}${row.json}[].${field.json}`, field })),
    ...named((row.lists ?? []) as readonly List<Subject, never>[], `${prefix}${row.json}[].`),
  ]);
}
