/** Probes of a recorded Sample, read: whatever stands there, what comes out is what rules and the screen expect. */
import { isFields } from '../base/fields.ts';
import {
  flag,
  listOf,
  number,
  object,
  oneOf,
  orNull,
  type Reader,
  text,
  withOptional,
} from '../base/reader.ts';
import { readProblem } from '../logs/read-problem.ts';
import {
  type ProbeId,
  type ProbeResult,
  type ProbeRun,
  type ProbesRaw,
  probeIds,
} from '../model/diagnosis/probe.ts';
import type { DamagedPath, EvaluationRun, ProbeValues } from '../model/diagnosis/probe-values.ts';
import { readNotice } from './read-notice.ts';

const maybeText = orNull(text);
const maybeNumber = orNull(number);
const maybeFlag = orNull(flag);
/** Longer lists nobody makes. */
const most = 2000;
const texts = listOf(text, most);
const rows = <T extends object>(readers: { readonly [K in keyof T]-?: Reader<T[K]> }) =>
  listOf(object<T>(readers), most);

const damaged = object<DamagedPath>({
  path: text,
  how: oneOf('modified', 'missing', 'empty', 'unrecorded'),
});
const run = object<EvaluationRun>({
  end: oneOf('done', 'failed', 'recursion', 'stack', 'time', 'memory'),
  configuration: text,
  sec: number,
  limitSec: number,
  peakBytes: maybeNumber,
  limitBytes: number,
  error: maybeText,
  repeated: rows({ place: text, times: number }),
  omittedFrames: number,
  options: texts,
  files: texts,
});
const partial = { partial: flag };

const values: { readonly [Id in ProbeId]: Reader<ProbeValues[Id]> } = {
  'verify-store': withOptional(object({ checked: maybeNumber, damaged: listOf(damaged, most) }), {
    ...partial,
    unreadable: number,
  }),
  'verify-path': object<ProbeValues['verify-path']>({ damaged: orNull(damaged) }),
  database: object<ProbeValues['database']>({ ok: flag, said: texts, bytes: number }),
  smart: object<ProbeValues['smart']>({
    passed: maybeFlag,
    standby: flag,
    exitStatus: number,
    model: maybeText,
    temperatureC: maybeNumber,
    percentUsed: maybeNumber,
    spareBelowThreshold: maybeFlag,
    mediaErrors: maybeNumber,
    reallocated: maybeNumber,
    pending: maybeNumber,
    cableErrors: maybeNumber,
    messages: texts,
  }),
  'kernel-log': object<ProbeValues['kernel-log']>({
    from: oneOf('kmsg', 'journal'),
    notices: listOf(readNotice, most),
  }),
  units: object<ProbeValues['units']>({
    failed: rows({ unit: text, state: text }),
    jobs: rows({ unit: text, type: text, state: text }),
  }),
  'read-speed': object<ProbeValues['read-speed']>({
    layers: listOf(withOptional(object({ device: text, bytesPerSec: number }), { sizeBytes: number }), most),
  }),
  'cipher-speed': object<ProbeValues['cipher-speed']>({ bytesPerSec: number, cipher: text }),
  volumes: object<ProbeValues['volumes']>({
    groups: rows({ name: text, ok: flag }),
    logical: rows({ name: text, dataPercent: maybeNumber, metadataPercent: maybeNumber, state: maybeText }),
  }),
  'bad-blocks': withOptional(object({ badBlocks: number, checkedBytes: number }), {
    ...partial,
    totalBytes: number,
  }),
  evaluation: run,
  'evaluation-profile': object<ProbeValues['evaluation-profile']>({
    run,
    by: oneOf('time', 'calls'),
    files: rows({ file: text, percent: number, totalPercent: maybeNumber }),
  }),
  bisection: object<ProbeValues['bisection']>({
    run,
    steps: number,
    of: maybeNumber,
    modules: texts,
    failsBare: flag,
    complete: flag,
  }),
  cache: object<ProbeValues['cache']>({
    reachable: flag,
    sec: maybeNumber,
    httpStatus: maybeNumber,
    bytesPerSec: maybeNumber,
    trusted: maybeFlag,
    keys: texts,
    priority: maybeNumber,
    storeDirectory: maybeText,
    said: maybeText,
  }),
  builder: object<ProbeValues['builder']>({
    reachable: flag,
    sec: maybeNumber,
    nixVersion: maybeText,
    trusted: maybeFlag,
    systems: orNull(texts),
    features: orNull(texts),
    said: maybeText,
  }),
  stack: object<ProbeValues['stack']>({
    places: listOf(withOptional(object({ wchan: text, times: number }), { pid: number, comm: text }), most),
    samples: number,
    stack: orNull(texts),
  }),
};

const head = object<ProbeRun>({ id: oneOf(...probeIds), subject: maybeText, startedMs: number });
const running = object<ProbesRaw['running'][number]>({
  id: oneOf(...probeIds),
  subject: maybeText,
  startedMs: number,
  progress: maybeText,
});

const result: Reader<ProbeResult> = (one) => {
  const of = head(one);
  if (of === undefined || !isFields(one)) return undefined;
  const endedMs = number(one['endedMs']);
  if (endedMs === undefined) return undefined;
  if (one['ok'] !== true) {
    const problem = readProblem(one['problem']);
    return problem && ({ ...of, endedMs, ok: false, problem } as ProbeResult);
  }
  const value = values[of.id](one['value']);
  return value && ({ ...of, endedMs, ok: true, value } as ProbeResult);
};

/** Of what runs and has ended, what can be read. */
export const readProbes = object<ProbesRaw>({ running: listOf(running, 64), results: listOf(result, 64) });
