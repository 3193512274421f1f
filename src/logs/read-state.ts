/**
 * The state of a stream as a recording has it, read. What this version does not know is left out, what an older one did
 * not have is as in a new state, and nothing is longer than a state may be.
 */

import { isFields } from '../base/fields.ts';
import {
  flag,
  listOf,
  mapOf,
  number,
  object,
  objectLike,
  oneOf,
  orNull,
  type Reader,
  setOf,
  text,
} from '../base/reader.ts';
import type {
  Build,
  Evaluation,
  Expected,
  FailureRecord,
  Hook,
  Message,
  Peer,
  Rebuild,
  Step,
  Task,
  Transfer,
  Unread,
  Wait,
} from '../model/rebuild/rebuild.ts';
import { bounds } from './bounds.ts';
import { newBuild } from './build-record.ts';
import {
  type Ends,
  type ExpectedBytes,
  type LogState,
  type Memory,
  newMemory,
  newRebuild,
  type OpenActivity,
} from './log-state.ts';
import { newPeer } from './peers.ts';
import {
  failureSaid,
  readActivity,
  readPlanList,
  readWaitFor,
  severity,
  tailLines,
  texts,
  toolFailure,
  toolStep,
} from './read-events.ts';

const maybeNumber = orNull(number);
const maybeText = orNull(text);

const failureRecord: Reader<FailureRecord> = object({
  ...failureSaid,
  atMs: number,
  known: oneOf('message', 'result', 'counter'),
});

const build: Reader<Build> = (value) => {
  const read = objectLike<Build>(newBuild('', null), {
    drv: text,
    name: text,
    host: maybeText,
    writer: maybeNumber,
    state: oneOf('running', 'done', 'failed', 'ended'),
    startedMs: maybeNumber,
    endedMs: maybeNumber,
    endIsLate: flag,
    phases: listOf(object({ name: text, sinceMs: number }), bounds.phases),
    lines: number,
    tail: tailLines,
    lastLineMs: maybeNumber,
    failure: orNull(failureRecord),
    cpuUsec: maybeNumber,
  })(value);
  return read === undefined || read.drv === '' ? undefined : read;
};
const builds = mapOf(text, build, bounds.open);

const oldTransfer = object<Omit<Transfer, 'troubles' | 'givenUp'>>({
  path: maybeText,
  url: maybeText,
  peer: maybeText,
  direction: oneOf('fetch', 'send'),
  lookup: flag,
  state: oneOf('asked', 'moving'),
  startedMs: number,
  bytes: number,
  expectedBytes: maybeNumber,
  unpackedBytes: number,
  unpackedExpectedBytes: maybeNumber,
  movedMs: maybeNumber,
  marks: listOf(object({ ms: number, bytes: number }), bounds.names),
});
const transfer: Reader<Transfer> = (value) => {
  const read = oldTransfer(value);
  if (read === undefined || !isFields(value)) return undefined;
  return { ...read, troubles: number(value['troubles']) ?? 0, givenUp: flag(value['givenUp']) ?? false };
};

const peer: Reader<Peer> = objectLike(newPeer, {
  fetchedPaths: number,
  fetchedBytes: number,
  sentPaths: number,
  sentBytes: number,
  broken: number,
  retries: number,
  trouble: orNull(object({ text, atMs: number, httpStatus: maybeNumber })),
  offUntilMs: maybeNumber,
  unsigned: number,
  asked: number,
  answered: number,
  unanswered: number,
  answersMs: listOf(number, bounds.answers),
  lostMs: number,
  lostUntilMs: maybeNumber,
});

const wait: Reader<Wait> = object({ for: readWaitFor, sinceMs: number, drv: maybeText, said: flag });
const hook: Reader<Hook> = object({ drv: maybeText, sinceMs: number, lines: number, tail: tailLines });
const task: Reader<Task> = object({
  activity: readActivity,
  text,
  status: maybeText,
  sinceMs: number,
  done: maybeNumber,
  expected: maybeNumber,
});
const step: Reader<Step> = object({ step: toolStep, names: texts, sinceMs: number });
const message: Reader<Message> = object({ atMs: number, severity, text });

const empty = newRebuild('', 0);
const counts = mapOf(number, number, bounds.names);
const evaluation: Reader<Evaluation> = objectLike(empty.evaluation, {
  files: number,
  lastFile: maybeText,
  copied: number,
  startedMs: maybeNumber,
  lastMs: maybeNumber,
});
const expected: Reader<Expected> = objectLike(empty.expected, {
  builds: maybeNumber,
  downloadBytes: maybeNumber,
  unpackedBytes: maybeNumber,
});
const unread: Reader<Unread> = objectLike(empty.unread, {
  broken: number,
  talkative: number,
  activities: counts,
  results: counts,
});

const rebuild: Reader<Rebuild> = (value) => {
  const read = objectLike<Rebuild>(empty, {
    key: text,
    writers: listOf(number, bounds.writers),
    startedMs: number,
    updatedMs: number,
    ended: orNull(object({ atMs: number, exitCode: maybeNumber })),
    evaluation,
    planned: setOf(text, bounds.planned),
    plannedFetches: setOf(text, bounds.planned),
    unobtainable: texts,
    expected,
    running: builds,
    failed: builds,
    finished: builds,
    forgotten: number,
    dependents: mapOf(text, number, bounds.open),
    elsewhere: setOf(text, bounds.planned),
    transfers: mapOf(text, transfer, bounds.open),
    peers: mapOf(text, peer, bounds.open),
    waits: mapOf(text, wait, bounds.open),
    hooks: mapOf(text, hook, bounds.open),
    tasks: mapOf(text, task, bounds.open),
    steps: listOf(step, bounds.steps),
    toolFailures: listOf(object({ ...toolFailure, atMs: number }), bounds.errors),
    errors: listOf(failureRecord, bounds.errors),
    clues: listOf(failureRecord, bounds.errors),
    messages: listOf(message, bounds.messages),
    warnings: number,
    output: tailLines,
    unread,
  })(value);
  return read === undefined || read.key === '' ? undefined : read;
};

const activity: Reader<OpenActivity> = object({
  activity: readActivity,
  parent: maybeText,
  writer: maybeNumber,
  transfer: maybeText,
  covered: orNull((value) => activity(value)),
});
const ends = mapOf<string, Ends>(text, object({ done: number, failed: number }), bounds.counters);
const expectedBytes: Reader<ExpectedBytes> = object({ download: maybeNumber, copy: maybeNumber });

const memory: Reader<Memory> = objectLike(newMemory, {
  activities: mapOf(text, activity, bounds.open),
  counters: ends,
  unclaimed: ends,
  unclaimedSince: mapOf(text, number, bounds.counters),
  realised: flag,
  expected: mapOf(text, expectedBytes, bounds.open),
  expectedBuilds: mapOf(text, number, bounds.counters),
  printed: object({ download: maybeNumber, unpacked: maybeNumber }),
  planList: orNull(readPlanList),
  wordless: listOf(text, bounds.counters),
  arrivals: listOf(
    object({
      path: text,
      url: maybeText,
      peer: text,
      direction: oneOf('fetch', 'send'),
      bytes: number,
      cameBytes: number,
      broken: flag,
    }),
    bounds.arrivals,
  ),
  withTail: listOf(text, bounds.tails),
  lastMessage: orNull(object({ inErrors: flag })),
});

export const readState: Reader<LogState> = object({
  writers: oneOf('one', 'many'),
  rebuilds: listOf(rebuild, bounds.rebuilds),
  memories: mapOf(text, memory, 2 * bounds.rebuilds),
  lastKey: maybeText,
});
