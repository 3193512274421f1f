/** An event of Nix's machine log as an event of the log stream: numbers become names, fields become facts. */

import { colouredLine } from '../base/coloured-line.ts';
import { isFields } from '../base/fields.ts';
import { ownText, withoutCommands } from '../base/text.ts';
import type { Activity } from '../model/rebuild/activity.ts';
import type { LogEvent, ResultEvent } from '../model/rebuild/log-event.ts';
import { activityOfText, hostOf } from './activity-words.ts';
import { activity, type Field, type NixEvent, result } from './internal-json.ts';
import { longestLine } from './log-batch.ts';
import { messageEvent } from './log-message.ts';

/** Null for what says nothing: text that is no event, a document that is broken. */
export function logEventOf(event: NixEvent): LogEvent | null {
  switch (event.kind) {
    case 'start': {
      const { id, parent, level, text } = event;
      const activity = activityOf(
        event.type,
        event.fields.map(bounded),
        withoutCommands(atMost(longestText, text)),
      );
      return { kind: 'start', id, parent, activity, level, text: colouredLine(text, longestLine) };
    }
    case 'stop':
      return event;
    case 'result':
      return resultOf(event.id, event.type, event.fields, event.payload);
    case 'msg':
      return messageEvent(event, event.level);
    case 'plain':
    case 'other':
      return null;
  }
}

/** The longest path that a system has. */
const longestPath = 4_096;
/** Two of them, and what stands between; no pattern is tried on more. */
const longestText = 2 * longestPath + 100;

function bounded(field: Field): Field {
  return typeof field === 'string' ? withoutCommands(atMost(longestPath, field)) : field;
}

function atMost(longest: number, text: string): string {
  return text.length > longest ? ownText(text.slice(0, longest)) : text;
}

function activityOf(type: number, fields: readonly Field[], text: string): Activity {
  const [first, second, third] = fields;
  if (typeof first === 'string') {
    switch (type) {
      case activity.build:
        return { type: 'build', drv: first, host: typeof second === 'string' ? hostOf(second) : null };
      case activity.copyPath:
        return { type: 'copy', path: first, from: stringOf(second), to: stringOf(third) };
      case activity.fileTransfer:
        return { type: 'download', url: first };
      case activity.substitute:
        return { type: 'substitute', path: first, from: stringOf(second) ?? '' };
      case activity.queryPathInfo:
        return { type: 'query', path: first, from: stringOf(second) ?? '' };
      case activity.postBuildHook:
        return { type: 'hook', drv: first };
      case activity.fetchToStore:
        return { type: 'copy-source', path: first };
    }
  }
  return bareActivities[type]?.(text) ?? activityOfText(text) ?? { type: 'other', number: type };
}

/** Activities whose fields say nothing. */
const bareActivities: Readonly<Record<number, (text: string) => Activity | null>> = {
  [activity.realise]: () => ({ type: 'realise' }),
  [activity.copyPaths]: () => ({ type: 'copies' }),
  [activity.builds]: () => ({ type: 'builds' }),
  [activity.optimiseStore]: () => ({ type: 'optimise' }),
  [activity.verifyPaths]: () => ({ type: 'verify' }),
  [activity.buildWaiting]: (text) =>
    activityOfText(text) ?? { type: 'wait', for: { kind: 'other', text: colouredLine(text, longestLine) } },
  [activity.fetchTree]: (text) => activityOfText(text) ?? { type: 'fetch', input: null },
};

function resultOf(id: string, type: number, fields: readonly Field[], payload: unknown): LogEvent {
  const [first, second, third, fourth] = fields;
  switch (type) {
    case result.buildLogLine:
    case result.postBuildLogLine:
      if (typeof first !== 'string') break;
      return {
        kind: 'lines',
        id,
        from: type === result.buildLogLine ? 'build' : 'hook',
        lines: [colouredLine(first, longestLine)],
        count: 1,
      };
    case result.setPhase:
      if (typeof first !== 'string') break;
      return { kind: 'phase', id, phase: colouredLine(first, longestLine) };
    case result.progress:
      return {
        kind: 'progress',
        id,
        done: amountOf(first),
        expected: amountOf(second),
        running: amountOf(third),
        failed: amountOf(fourth),
      };
    case result.setExpected:
      return { kind: 'expected', id, of: kindOf(first), count: amountOf(second) };
    case result.fetchStatus:
      if (typeof first !== 'string') break;
      return { kind: 'status', id, text: colouredLine(first, longestLine) };
    case hashMismatch:
      return hashMismatchOf(id, payload) ?? fetchedToStore(id, first) ?? other(id, type);
    case buildResult:
      return buildResultOf(id, payload) ?? other(id, type);
  }
  return other(id, type);
}

function other(id: string, number: number): ResultEvent {
  return { kind: 'other-result', id, number, count: 1 };
}

/** 109 means two things: Determinate Nix has a payload, upstream since 2.36 the path that files got in the store. */
const hashMismatch = 109;
/** Determinate Nix. */
const buildResult = 110;

function fetchedToStore(id: string, path: Field | undefined): ResultEvent | null {
  return typeof path === 'string' ? { kind: 'status', id, text: colouredLine(path, longestLine) } : null;
}

/** The names of the hashes are those of the error it stands for. */
function hashMismatchOf(id: string, payload: unknown): ResultEvent | null {
  if (!isFields(payload)) return null;
  const specified = stringOf(payload.specified ?? payload.expected ?? payload.wanted);
  const got = stringOf(payload.got ?? payload.actual);
  if (specified === null || got === null) return null;
  return { kind: 'hash-mismatch', id, drv: drvOf(payload), specified, got };
}

/**
 * `{success, status, errorMsg, startTime, stopTime, cpuUser, cpuSystem, path: {drvPath, outputs}}`, times in µs; old
 * ones have no `success`, and paths are base names.
 */
function buildResultOf(id: string, payload: unknown): ResultEvent | null {
  if (!isFields(payload)) return null;
  const status = stringOf(payload.status);
  if (status === null) return null;
  const success = typeof payload.success === 'boolean' ? payload.success : successes.has(status);
  const cpu = [amountOf(payload.cpuUser), amountOf(payload.cpuSystem)];
  const known = cpu.filter((usec) => usec !== null);
  return {
    kind: 'ended',
    id,
    drv: drvOf(payload),
    success,
    status,
    text: stringOf(payload.errorMsg) || null,
    cpuUsec: known.length === 0 ? null : known.reduce((sum, usec) => sum + usec, 0),
  };
}
const successes: ReadonlySet<string> = new Set([
  'Built',
  'Substituted',
  'AlreadyValid',
  'ResolvesToAlreadyValid',
]);

function drvOf(payload: Readonly<Record<string, unknown>>): string | null {
  const drv = stringOf(isFields(payload.path) ? payload.path.drvPath : payload.drvPath);
  if (drv === null) return null;
  return drv.startsWith('/') ? drv : `/nix/store/${drv}`;
}

function kindOf(type: Field | undefined): 'download' | 'copy' | 'other' {
  if (type === activity.fileTransfer) return 'download';
  return type === activity.copyPath ? 'copy' : 'other';
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Sizes of 2^63 are how Nix says that it does not know; so is what a number cannot hold exactly. */
export function amountOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value < Number.MAX_SAFE_INTEGER ? value : null;
}
