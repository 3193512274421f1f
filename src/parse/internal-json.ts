/** Nix's machine log, `--log-format internal-json`: one line of stderr becomes one event. */

import { type Fields, isFields, parseJsonObject } from '../base/fields.ts';
import { withoutCommands, withoutEscapes } from '../base/text.ts';
import type { Position, TraceEntry } from '../model/rebuild/position.ts';

/** `ActivityType` of src/libutil/logging.hh. Numbers that are not here appear with every release: keep them. */
export const activity = {
  unknown: 0,
  copyPath: 100,
  fileTransfer: 101,
  realise: 102,
  copyPaths: 103,
  builds: 104,
  build: 105,
  optimiseStore: 106,
  verifyPaths: 107,
  substitute: 108,
  queryPathInfo: 109,
  postBuildHook: 110,
  buildWaiting: 111,
  fetchTree: 112,
  fetchToStore: 113,
} as const;

/** `ResultType` of src/libutil/logging.hh; 109 and 110 differ between Nix and Determinate Nix. */
export const result = {
  fileLinked: 100,
  buildLogLine: 101,
  untrustedPath: 102,
  corruptedPath: 103,
  setPhase: 104,
  progress: 105,
  setExpected: 106,
  postBuildLogLine: 107,
  fetchStatus: 108,
} as const;

/** null: something else than text or a number, kept so that positions stay. */
export type Field = string | number | null;

/**
 * Ids are decimal text: they are `counter + (pid << 32)` and pass 2^53, so that as numbers two
 * activities become one. On 2.8 those of two clients collide: key them by stream.
 */
export type NixEvent =
  | {
      readonly kind: 'start';
      readonly id: string;
      /** null at the top, and before Nix 2.9 always. */
      readonly parent: string | null;
      readonly type: number;
      readonly level: number | null;
      readonly text: string;
      readonly fields: readonly Field[];
    }
  /** Says nothing of success. */
  | { readonly kind: 'stop'; readonly id: string }
  | {
      readonly kind: 'result';
      readonly id: string;
      readonly type: number;
      readonly fields: readonly Field[];
      /** Determinate Nix: what the new result types carry instead of fields. */
      readonly payload: unknown;
    }
  | ({
      readonly kind: 'msg';
      /** 0 error, 1 warning, 2 notice, 3 info, then talkative to vomit; null where it is not said. */
      readonly level: number | null;
      /** Without colours; may have several lines. */
      readonly text: string;
      /** The message alone, without `error:`, trace and source lines; only errors have it. */
      readonly raw: string | null;
      readonly trace: readonly TraceEntry[];
    } & Position)
  /** A line that is not of the machine log, as it came. */
  | { readonly kind: 'plain'; readonly text: string }
  /** `@nix ` and a document that is none of the above, or cut. */
  | { readonly kind: 'other'; readonly action: string | null; readonly text: string };

const prefix = '@nix ';
/** A key stands after `{` or `,` and in unescaped quotes, so this never matches within a string. */
const idNumbers = /([{,]\s*"(?:id|parent)"\s*:\s*)(\d+)/g;

/** Never throws, whatever the line is. What json-log-path writes has no `@nix ` and is plain text here. */
export function parseInternalJson(line: string): NixEvent {
  if (!line.startsWith(prefix)) return { kind: 'plain', text: line };
  const event = parseLogDocument(line.slice(prefix.length));
  return event.kind === 'other' ? { ...event, text: line } : event;
}

/** One document, without the `@nix ` before it. Never throws. */
export function parseLogDocument(text: string): NixEvent {
  const other = (action: string | null): NixEvent => ({ kind: 'other', action, text });
  const document = parseJsonObject(text.replace(idNumbers, '$1"$2"'));
  if (document === null) return other(null);
  const { action } = document;
  const id = idOf(document.id);
  switch (action) {
    case 'start':
      if (id === null) return other(action);
      return {
        kind: 'start',
        id,
        parent: document.parent === '0' ? null : idOf(document.parent),
        type: numberOf(document.type) ?? activity.unknown,
        level: numberOf(document.level),
        text: withoutEscapes(textOf(document.text) ?? ''),
        fields: fieldsOf(document.fields),
      };
    case 'stop':
      return id === null ? other(action) : { kind: 'stop', id };
    case 'result': {
      const type = numberOf(document.type);
      if (id === null || type === null) return other(action);
      return { kind: 'result', id, type, fields: fieldsOf(document.fields), payload: document.payload };
    }
    case 'msg': {
      const text = textOf(document.msg);
      if (text === null) return other(action);
      const raw = textOf(document.raw_msg);
      return {
        kind: 'msg',
        level: numberOf(document.level),
        text: withoutCommands(text),
        raw: raw === null ? null : withoutCommands(raw),
        trace: traceOf(document.trace),
        ...positionOf(document),
      };
    }
    default:
      return other(typeof action === 'string' ? action : null);
  }
}

/** 20 digits are 2^64. What is far longer is no id, and would be kept as long as its activity. */
function idOf(value: unknown): string | null {
  return typeof value === 'string' && value.length <= 64 ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** `1e999` is a number for JSON, and none for us. */
function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function fieldsOf(value: unknown): readonly Field[] {
  if (!Array.isArray(value)) return [];
  return value.map((field) => (typeof field === 'string' || typeof field === 'number' ? field : null));
}

/** Since Nix 2.2x the file is said with line and column behind it: `/etc/nixos/x.nix:2:177`. */
function positionOf(value: Fields): Position {
  const line = numberOf(value.line);
  const column = numberOf(value.column);
  const file = typeof value.file === 'string' ? withoutCommands(value.file) : null;
  const end = `:${line}:${column}`;
  return { file: file?.endsWith(end) ? file.slice(0, -end.length) : file, line, column };
}

function traceOf(value: unknown): readonly TraceEntry[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isFields).map((entry) => ({
    text: withoutCommands(textOf(entry.raw_msg) ?? ''),
    ...positionOf(entry),
  }));
}
