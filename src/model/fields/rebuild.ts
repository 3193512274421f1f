/** Fields of a rebuild as its log stream tells it, and of what is within: caches, waits, builds, failures. */
import type { Problem } from '../../base/problem.ts';
import { nameOfDerivation } from '../nix-store/store-path.ts';
import { answerSec } from '../rebuild/answer-time.ts';
import type { RootCause } from '../rebuild/cause.ts';
import type { FollowedRebuild } from '../rebuild/followed.ts';
import type { Build, Peer, Wait } from '../rebuild/rebuild.ts';
import type { Totals } from '../rebuild/totals.ts';
import {
  bytes,
  bytesPerSec,
  changingFlag,
  changingText,
  count,
  counter,
  type Field,
  list,
  number,
  ratio,
  seconds,
  text,
  ticks,
  time,
  within,
} from './field.ts';
import { problemFieldsOf } from './shared.ts';

/** A rebuild with what is counted and said of it outside of the Model. */
export interface RebuildRow {
  readonly followed: FollowedRebuild;
  readonly totals: Totals;
  /** One word or clause; null while nothing is known. */
  readonly phase: string | null;
  readonly peers: readonly PeerRow[];
  readonly failures: readonly FailureRow[];
  /** Unix ms. */
  readonly nowMs: number;
}
export interface PeerRow {
  readonly name: string;
  readonly peer: Peer;
  /** Null: nothing is under way. */
  readonly bytesPerSec: number | null;
}
export interface FailureRow {
  readonly root: RootCause;
  /** The first build that failed of it. */
  readonly build: Build | null;
  /** One clause. */
  readonly text: string;
}
export interface WaitRow {
  readonly wait: Wait;
  readonly nowMs: number;
}
export interface LoggedBuildRow {
  readonly build: Build;
  readonly nowMs: number;
}

const ofRebuild =
  <Value>(read: (followed: FollowedRebuild) => Value) =>
  ({ followed }: RebuildRow) =>
    read(followed);

const totalFields: readonly Field<Totals>[] = [
  count('builds', 'BUILDS', 'Derivations that are or were to be built, whatever became of them.'),
  count('done', 'BUILT', 'Of those: built here.'),
  count('elsewhere', 'ELSEWHERE', 'Built by another client, while this one waited.'),
  count('running', 'RUNNING', 'Being built.'),
  count('waiting', 'WAITING', 'Planned and not begun.'),
  count('failed', 'FAILED', 'Failed by themselves.'),
  count('dependents', 'NOT BUILT', 'Not built because something they need failed.'),
  count('ended', 'ENDED', 'Stopped with the others, or nobody says how they ended.'),
  count('pathsToFetch', 'TO FETCH', 'Paths that are to be fetched and have not begun.'),
  count('fetching', 'FETCHING', 'Paths that are being fetched.'),
  counter('fetchedPaths', 'FETCHED', 'Paths that were fetched.'),
  bytes('fetchedBytes', 'FETCHED', 'Over the network, what is under way included.'),
  bytes('expectedBytes', 'EXPECTED', 'Expected over the network; null where it is not said.'),
  counter('sentPaths', 'SENT', 'Paths that were sent to other machines.'),
];

export const rebuildFields: readonly Field<RebuildRow>[] = [
  text(
    'id',
    'REBUILD',
    'The same while it is followed.',
    ofRebuild(({ id }) => id),
  ),
  text(
    'origin',
    'ORIGIN',
    '`command`: it was started by `watch`; `stdin`; `file`: json-log-path or another file.',
    ofRebuild(({ origin }) => origin.kind),
  ),
  text(
    'path',
    'PATH',
    'Of `file`: the file.',
    ofRebuild(({ origin }) => (origin.kind === 'file' ? origin.path : null)),
  ),
  text(
    'command',
    'COMMAND',
    'As typed; kept when its client has ended, null where nobody has seen it.',
    ofRebuild(({ command }) => command),
  ),
  ...within('client', ({ followed }: RebuildRow) => followed.client, [
    number('pid', 'CLIENT', 'Its client in `clients[]`; `client` is null where none is seen.'),
    ticks('startTime', 'CLIENT START', 'With the pid it names the client for ever.'),
  ]),
  changingText(
    'phase',
    'PHASE',
    '`evaluating`, `building`, `fetching`, `waiting`, `working` or the step of the tool (`restarting units sshd.service`); null while nothing is said.',
    ({ phase }) => phase,
  ),
  changingFlag(
    'over',
    'OVER',
    'It has ended, or its client has.',
    ofRebuild(({ over }) => over),
  ),
  time(
    'startTime',
    'STARTED',
    'When it was first heard.',
    ofRebuild(({ rebuild }) => rebuild.startedMs),
  ),
  time(
    'updateTime',
    'HEARD',
    'When it was last heard.',
    ofRebuild(({ rebuild }) => rebuild.updatedMs),
  ),
  time(
    'endTime',
    'ENDED',
    'When its log ended; null before.',
    ofRebuild(({ rebuild }) => rebuild.ended?.atMs ?? null),
  ),
  number(
    'exitCode',
    'EXIT',
    'Null before its end, and where it is not known.',
    ofRebuild(({ rebuild }) => rebuild.ended?.exitCode ?? null),
  ),
  count(
    'evaluatedFiles',
    'EVALUATED',
    'Files that evaluation has read.',
    ofRebuild(({ rebuild }) => rebuild.evaluation.files),
  ),
  ...within('totals', ({ totals }: RebuildRow) => totals, totalFields),
  ...within('estimate', ({ followed }: RebuildRow) => followed.estimate, [
    seconds(
      'lowSec',
      'AT LEAST',
      'How long it will probably still take, from; `estimate` is null while that is unknown.',
    ),
    seconds('highSec', 'AT MOST', 'And up to.'),
    ratio('known', 'KNOWN', 'Of what is left to build, the share (0 to 1) that was built before.'),
  ]),
  count(
    'warnings',
    'WARNINGS',
    'Warnings that were said.',
    ofRebuild(({ rebuild }) => rebuild.warnings),
  ),
  bytes(
    'lostBytes',
    'LOST',
    'Of its log, which nobody could read in time.',
    ofRebuild(({ lostBytes }) => lostBytes),
  ),
  ...problemFieldsOf('its log is not followed any more').map(
    (field): Field<RebuildRow> => ({
      ...field,
      read: ({ followed }) => field.read(followed as { readonly problem: Problem | null }),
    }),
  ),
];

export const peerFields: readonly Field<PeerRow>[] = [
  text('name', 'CACHE', 'Cache, builder or store: its address.', ({ name }) => name),
  bytesPerSec(
    'movingBytesPerSec',
    'SPEED',
    'Of what is under way, over the last 8 s; null when nothing is.',
    ({ bytesPerSec: speed }) => speed,
  ),
  counter('fetchedPaths', 'FETCHED', 'Paths fetched from it.', ({ peer }) => peer.fetchedPaths),
  bytes(
    'fetchedBytes',
    'FETCHED',
    'Bytes of those; transfers under way are not in it.',
    ({ peer }) => peer.fetchedBytes,
  ),
  counter('sentPaths', 'SENT', 'Paths sent to it.', ({ peer }) => peer.sentPaths),
  bytes('sentBytes', 'SENT', 'Bytes of those.', ({ peer }) => peer.sentBytes),
  counter('broken', 'BROKEN', 'Transfers that stopped before their end.', ({ peer }) => peer.broken),
  counter('retries', 'RETRIES', 'Downloads that were tried again.', ({ peer }) => peer.retries),
  text(
    'trouble',
    'TROUBLE',
    'What went wrong last; null when nothing did.',
    ({ peer }) => peer.trouble?.text ?? null,
  ),
  counter('asked', 'ASKED', 'Questions of whether it has a path.', ({ peer }) => peer.asked),
  counter('answered', 'ANSWERED', 'Of those: answers, `no` is one.', ({ peer }) => peer.answered),
  counter(
    'unanswered',
    'FAILED',
    'Of those: never answered, however often asked again.',
    ({ peer }) => peer.unanswered,
  ),
  seconds('answerSec', 'ANSWERS IN', 'Median of the last 25 answers, as exact as a tick.', ({ peer }) =>
    answerSec(peer),
  ),
  seconds(
    'lostSec',
    'LOST',
    'For so long, while nothing was built, something was waited for that went wrong.',
    ({ peer }) => peer.lostMs / 1000,
  ),
];

export const waitFields: readonly Field<WaitRow>[] = [
  text(
    'kind',
    'WAITS FOR',
    '`output-lock`, `machine`, `build-user`, `upload-lock`, `garbage-collection`, `store-lock`, `profile-lock`, `fetch-lock`, `database` or `other`.',
    ({ wait }) => wait.for.kind,
  ),
  list('paths', 'PATHS', 'Of `output-lock`: the outputs.', ({ wait }) =>
    wait.for.kind === 'output-lock' ? wait.for.paths : [],
  ),
  text('drv', 'DERIVATION', 'Which derivation waits, where that can be told.', ({ wait }) => wait.drv),
  seconds('sinceSec', 'SINCE', 'For how long.', ({ wait, nowMs }) =>
    Math.max(0, (nowMs - wait.sinceMs) / 1000),
  ),
];

const ofBuild =
  <Value>(read: (build: Build) => Value) =>
  ({ build }: LoggedBuildRow) =>
    read(build);

export const loggedBuildFields: readonly Field<LoggedBuildRow>[] = [
  text(
    'drv',
    'DRV',
    'The .drv file.',
    ofBuild(({ drv }) => drv),
  ),
  text(
    'name',
    'DERIVATION',
    'Its name.',
    ofBuild(({ name }) => name),
  ),
  text(
    'host',
    'HOST',
    'The other machine; null here.',
    ofBuild(({ host }) => host),
  ),
  changingText(
    'phase',
    'PHASE',
    'The present one; null before the first.',
    ofBuild(({ phases }) => phases.at(-1)?.name ?? null),
  ),
  seconds('inPhaseSec', 'IN PHASE', 'How long it has been in it.', ({ build, nowMs }) => {
    const since = build.phases.at(-1)?.sinceMs;
    return since === undefined ? null : Math.max(0, (nowMs - since) / 1000);
  }),
  seconds('ageSec', 'TIME', 'Since its start.', ({ build: { startedMs }, nowMs }) =>
    startedMs === null ? null : Math.max(0, (nowMs - startedMs) / 1000),
  ),
  count(
    'lines',
    'LINES',
    'Lines of its log.',
    ofBuild(({ lines }) => lines),
  ),
  seconds(
    'silentSec',
    'SILENT',
    'Since its last line; null before the first.',
    ({ build: { lastLineMs }, nowMs }) =>
      lastLineMs === null ? null : Math.max(0, (nowMs - lastLineMs) / 1000),
  ),
];

export const failureFields: readonly Field<FailureRow>[] = [
  text(
    'cause',
    'CAUSE',
    '`out-of-memory`, `killed`, `signal`, `exit`, `space`, `timeout`, `log-limit`, `hash`, `system`, `network`, `no-substituter`, `unsigned`, `remote`, `no-output`, `cycle`, `not-deterministic`, `evaluation`, `daemon-memory`, `daemon-gone`, `interrupted`, `tool` or `unknown`.',
    ({ root }) => root.cause.kind,
  ),
  text('text', 'WHY', 'One clause for people.'),
  text('said', 'SAID', 'The words of Nix.', ({ root }) => root.text),
  time('time', 'TIME', 'When it was told.', ({ root }) => root.atMs),
  text(
    'drv',
    'DRV',
    'The first derivation that failed of it; null where no build failed.',
    ({ root }) => root.drvs[0] ?? null,
  ),
  text('name', 'DERIVATION', 'Its name.', ({ root }) => {
    const [drv] = root.drvs;
    return drv === undefined ? null : nameOfDerivation(drv);
  }),
  text('phase', 'PHASE', 'The phase in which it failed.', ({ build }) => build?.phases.at(-1)?.name ?? null),
  list('drvs', 'FAILED', 'All derivations that failed of it.', ({ root }) => root.drvs),
  list(
    'dependents',
    'NOT BUILT',
    'Derivations that were not built because of it.',
    ({ root }) => root.dependents,
  ),
  list('lines', 'LAST LINES', 'The last lines of the log of the first.', ({ root }) => root.lines),
];
