/**
 * Events of a recording, read: of this version, of another, or of somebody who means harm. A field that is added to an
 * event has to be one that older recordings may lack.
 */
import { flag, listOf, number, object, oneOf, orNull, type Reader, tagged, text } from '../base/reader.ts';
import type { Activity, WaitFor } from '../model/rebuild/activity.ts';
import type { Download, Failure, FailureSaid, SystemWanted } from '../model/rebuild/failure.ts';
import type { LogEvent } from '../model/rebuild/log-event.ts';
import type { Meaning } from '../model/rebuild/meaning.ts';
import type { TraceEntry } from '../model/rebuild/position.ts';
import type { ToolFailure, ToolStep } from '../model/rebuild/tool-step.ts';
import { bounds } from './bounds.ts';

const none = {};
const maybeText = orNull(text);
const maybeNumber = orNull(number);
export const texts = listOf(text, bounds.planned);
/** Lines as they are shown. */
export const tailLines = listOf(text, 4 * bounds.tailLines);
const position = { file: maybeText, line: maybeNumber, column: maybeNumber };
const trace = listOf<TraceEntry>(object({ ...position, text }), bounds.counters);
const wanted = { system: text, features: texts };
const system: Reader<SystemWanted> = object(wanted);
const download = { url: text, httpStatus: maybeNumber, curlCode: maybeNumber, text };
export const readDownload: Reader<Download> = object(download);
const nothing = orNull<never>(() => undefined);
const ofDrv = { drv: maybeText };
const ofNone = { drv: nothing };

const failure = tagged<Failure, 'kind'>('kind', {
  exit: { drv: text, code: number },
  signal: { drv: text, signal: number, name: maybeText },
  dependency: { drv: text, count: number },
  timeout: { ...ofDrv, seconds: number, silent: orNull(flag) },
  'log-limit': { ...ofDrv, bytes: number },
  hash: { ...ofDrv, specified: text, got: text, url: maybeText },
  'no-output': { drv: text, output: text },
  system: {
    ...ofDrv,
    required: system,
    local: orNull(system),
    reason: oneOf('system', 'features', 'no-local-builds'),
  },
  'no-machine': {
    ...ofDrv,
    required: system,
    machines: listOf(object({ ...wanted, maxJobs: maybeNumber }), bounds.names),
  },
  space: { ...ofDrv, path: maybeText },
  network: { ...ofNone, ...download },
  'no-substituter': { ...ofNone, path: text },
  substitutes: ofDrv,
  unsigned: { ...ofNone, path: text, from: maybeText },
  remote: { ...ofDrv, host: text },
  cycle: { ...ofDrv, outputs: texts },
  'not-deterministic': { drv: text, output: maybeText },
  evaluation: { ...ofNone, recursion: flag, trace, ...position },
  'daemon-memory': ofNone,
  'daemon-gone': ofNone,
  interrupted: ofNone,
  damaged: { ...ofDrv, what: oneOf('path', 'database', 'cache'), path: maybeText },
  other: ofDrv,
});

export const failureSaid = { failure, text, spaceNote: flag, lastLines: tailLines };
export const readFailureSaid: Reader<FailureSaid> = object(failureSaid);

export const readWaitFor = tagged<WaitFor, 'kind'>('kind', {
  'output-lock': { paths: texts },
  machine: ofDrv,
  'build-user': ofDrv,
  'upload-lock': { host: text },
  'garbage-collection': none,
  'store-lock': none,
  'profile-lock': { path: text },
  'fetch-lock': { input: text },
  database: { path: text },
  other: { text },
});

export const readActivity = tagged<Activity, 'type'>('type', {
  build: { drv: text, host: maybeText },
  substitute: { path: text, from: text },
  copy: { path: text, from: maybeText, to: maybeText },
  download: { url: text },
  query: { path: text, from: text },
  realise: none,
  copies: none,
  builds: none,
  hook: ofDrv,
  wait: { for: readWaitFor },
  evaluate: { what: text },
  'copy-source': { path: text },
  fetch: { input: maybeText },
  connect: { host: text },
  send: { host: text },
  receive: { host: text },
  optimise: none,
  verify: none,
  other: { number },
});

const meaning = tagged<Meaning, 'kind'>('kind', {
  failure: failureSaid,
  wait: { for: readWaitFor },
  'download-trouble': { retryMs: maybeNumber, attempt: maybeNumber, attempts: maybeNumber, ...download },
  'cache-off': { url: text, seconds: number },
  unsigned: { path: text, from: maybeText },
  sent: { path: text, bytes: number },
});

export const severity = oneOf('error', 'warning', 'note');
export const toolStep: Reader<ToolStep> = oneOf(
  ...(['building-nix', 'building', 'copying', 'profile', 'checks', 'bootloader', 'stopping'] as const),
  ...(['activating', 'restarting-systemd', 'reloading-users', 'reloading', 'restarting'] as const),
  ...(['starting', 'done'] as const),
);
export const toolFailure = {
  reason: oneOf<ToolFailure['reason']>(
    ...([
      'lock',
      'checks',
      'bootloader',
      'boot-space',
      'activation',
      'units',
      'command',
      'command-signal',
    ] as const),
  ),
  names: texts,
  code: maybeNumber,
  text,
};
export const readPlanList = oneOf('builds', 'fetches', 'unknown');
const ofId = { id: text };

export const readEvent = tagged<LogEvent, 'kind'>('kind', {
  start: { ...ofId, parent: maybeText, activity: readActivity, level: maybeNumber, text },
  stop: ofId,
  progress: {
    ...ofId,
    done: maybeNumber,
    expected: maybeNumber,
    running: maybeNumber,
    failed: maybeNumber,
  },
  lines: { ...ofId, from: oneOf('build', 'hook'), lines: tailLines, count: number },
  phase: { ...ofId, phase: text },
  expected: { ...ofId, of: oneOf('download', 'copy', 'other'), count: maybeNumber },
  status: { ...ofId, text },
  ended: {
    ...ofId,
    ...ofDrv,
    success: flag,
    status: text,
    text: maybeText,
    cpuUsec: maybeNumber,
  },
  'hash-mismatch': { ...ofId, ...ofDrv, specified: text, got: text },
  'other-result': { ...ofId, number, count: number },
  plan: {
    list: readPlanList,
    downloadBytes: maybeNumber,
    unpackedBytes: maybeNumber,
  },
  planned: { paths: texts },
  message: {
    ...position,
    level: maybeNumber,
    text,
    severity,
    trace,
    meaning: orNull(meaning),
    revises: flag,
  },
  step: { step: toolStep, names: texts },
  'tool-failure': toolFailure,
  output: { lines: tailLines, count: number },
  evaluated: { files: number, last: text },
  skipped: { broken: number, talkative: number },
  end: { exitCode: maybeNumber },
});
