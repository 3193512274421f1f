/** Lines of the tree of a rebuild that are no table: the rebuild itself, waits, hooks, errors, what is only counted. */
import { formatBytes, formatOf, formatRate } from '../base/bytes.ts';
import { formatDuration, lengthText } from '../base/duration.ts';
import { speedsByPeer, transferSpeed } from '../logs/speed.ts';
import type { TreeCounts } from '../logs/tree.ts';
import type { TreeNode } from '../logs/tree-nodes.ts';
import type { Client } from '../model/model.ts';
import { nameOfDerivation, nameOfPath } from '../model/nix-store/store-path.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Build, FailureRecord, Rebuild, Transfer } from '../model/rebuild/rebuild.ts';
import { clientCommand } from './client-command.ts';
import type { Tone } from './paint.ts';
import { fitSegments, type Segment, type Span, segment, span } from './row.ts';
import { countsText } from './tree-cells.ts';
import { waitText } from './waits.ts';
import { hostOf, unknownWord } from './words.ts';

export interface TreeLineFacts {
  readonly branch: string;
  /** Of the model shown, Unix ms. */
  readonly timeMs: number;
  /** Of the rebuild; null where it is not seen. */
  readonly client: Client | null;
  /** Of the column of names: what is said of one stands behind it. */
  readonly nameColumns: number;
}

/** Null: a row of the table. */
export function treeLine(
  node: TreeNode,
  { branch, timeMs, client, nameColumns }: TreeLineFacts,
  width: number,
  unicode: boolean,
): readonly Span[] | null {
  const time = (fromMs: number | null | undefined, toMs: number | null = timeMs) =>
    fromMs == null ? '' : formatDuration(((toMs ?? timeMs) - fromMs) / 1000);
  const since = (ms: number) => span(`  ${time(ms)}`, 'muted');
  const name = (text: string, tone?: Tone): Span => ({ text: branch + text, tone, width: nameColumns + 1 });
  switch (node.kind) {
    case 'rebuild':
      return rebuildSpans(node.followed, node.counts, { client, timeMs }, width, unicode);
    case 'derivation': {
      const { state, build, wait } = node;
      const of = nameOfDerivation(node.drv);
      if (state === 'waiting' && wait !== null)
        return [name(of), span(waitText(wait.for), 'warning'), since(wait.sinceMs)];
      if (state !== 'failed') return null;
      return [
        name(of, 'danger'),
        span('failed', 'danger'),
        span(build?.startedMs == null ? '' : ` after ${time(build.startedMs, build.endedMs)}`),
        span(`  ${failedIn(build)}`, 'danger'),
      ];
    }
    case 'transfer': {
      const { transfer } = node;
      return [
        name(`${transfer.direction === 'fetch' ? '↓' : '↑'} ${transferName(transfer)}`, 'accent'),
        span(movingText(transfer, timeMs)),
        since(transfer.startedMs),
      ];
    }
    case 'wait':
      return [span(branch), span(waitText(node.wait.for), 'warning'), since(node.wait.sinceMs)];
    case 'hook': {
      const of = node.hook.drv === null ? '' : ` of ${nameOfDerivation(node.hook.drv)}`;
      return [span(branch), span(`post-build hook${of}`), since(node.hook.sinceMs)];
    }
    case 'error':
      return [span(branch), span(node.error.text, 'danger')];
    case 'more':
      return [span(branch), span(`… ${countsText(node.counts, !node.alone)}`, 'muted')];
    case 'transfers': {
      const moving = node.moving === 0 ? [] : [`${node.moving} more transfers`];
      const asked = node.asked === 0 ? [] : [`${node.asked} asked for`];
      return [span(branch), span(`… ${[...moving, ...asked].join(', ')}`, 'muted')];
    }
    default:
      return null;
  }
}

/** What was typed, or where it is heard from. */
export function rebuildTitle({ origin, rebuild }: FollowedRebuild, client: Client | null): string {
  if (client !== null) return clientCommand(client.command);
  switch (origin.kind) {
    case 'command':
      return clientCommand(origin.words.join(' '));
    case 'stdin':
      return 'standard input';
    case 'file': {
      const [pid] = rebuild.writers;
      return pid === undefined ? `a log in ${origin.path}` : `a rebuild of pid ${pid}`;
    }
  }
}

function rebuildSpans(
  followed: FollowedRebuild,
  counts: TreeCounts,
  { client, timeMs }: Pick<TreeLineFacts, 'client' | 'timeMs'>,
  width: number,
  unicode: boolean,
): Span[] {
  const { rebuild, over, problem } = followed;
  const builds = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const standing = standingOf(followed, counts);
  const count = (rank: number, number: number, word: string, tone?: Tone): Segment =>
    segment(rank, number === 0 ? '' : `${number} ${word}`, tone);
  const lengthMs = (over ? (rebuild.ended?.atMs ?? rebuild.updatedMs) : timeMs) - rebuild.startedMs;
  return fitSegments(
    [
      segment(0, rebuildTitle(followed, client), over && counts.failed === 0 ? undefined : 'title'),
      segment(2, standing.text, standing.tone),
      segment(3, builds === 0 ? '' : `${counts.done}/${builds} built`),
      count(4, counts.running, 'running'),
      count(1, counts.failed, 'failed', 'danger'),
      count(6, counts.blocked, 'not built', 'warning'),
      count(5, counts.waiting, 'waiting', 'warning'),
      count(8, counts.planned, 'planned', 'muted'),
      segment(7, fetchedText(rebuild, timeMs), 'accent'),
      segment(9, over ? `in ${lengthText(lengthMs)}` : formatDuration(lengthMs / 1000), 'muted'),
      segment(10, problem === null ? '' : `not followed any more: ${problem.kind}`, 'warning'),
      segment(
        11,
        followed.lostBytes > 0 ? `${formatBytes(followed.lostBytes)} of its log lost` : '',
        'warning',
      ),
    ],
    width,
    { unicode },
  );
}

/** Where it is as a whole, where its counts do not say it. */
function standingOf(
  { rebuild, over }: FollowedRebuild,
  counts: TreeCounts,
): { readonly text: string; readonly tone?: Tone } {
  const { ended, evaluation, errors, steps, planned, running, transfers } = rebuild;
  if (over) {
    const code = ended?.exitCode ?? null;
    if (code === 0 || (code === null && counts.failed === 0 && errors.length === 0))
      return { text: code === 0 ? 'done' : 'ended', tone: 'ok' };
    return { text: code === null ? 'failed' : `failed with exit code ${code}`, tone: 'danger' };
  }
  const begun = planned.size + running.size + transfers.size + counts.done + counts.failed > 0;
  if (!begun && evaluation.startedMs !== null)
    return {
      text: `evaluating${evaluation.files === 0 ? '' : `: ${evaluation.files} files`}`,
      tone: 'accent',
    };
  const step = steps.at(-1);
  if (step === undefined || step.step === 'building' || step.step === 'building-nix') return { text: '' };
  return { text: step.step.replaceAll('-', ' '), tone: 'accent' };
}

/** `fetched 1.2/3.4G 24M/s (cache.nixos.org)`; empty where nothing is fetched. */
function fetchedText(rebuild: Rebuild, timeMs: number): string {
  let bytes = 0;
  for (const peer of rebuild.peers.values()) bytes += peer.fetchedBytes;
  for (const { lookup, direction, bytes: more } of rebuild.transfers.values())
    if (!lookup && direction === 'fetch') bytes += more;
  const expected = rebuild.expected.downloadBytes;
  if (bytes === 0 && (expected ?? 0) === 0) return '';
  const amount = expected === null || expected < bytes ? formatBytes(bytes) : formatOf(bytes, expected);
  const [fastest, ...others] = [...speedsByPeer(rebuild, timeMs)].sort((a, b) => b[1] - a[1]);
  if (fastest === undefined) return `fetched ${amount}`;
  const [peer, speed] = fastest;
  const sum = others.reduce((all, [, more]) => all + more, speed);
  return `fetched ${amount} ${formatRate(sum)} (${hostOf(peer)}${others.length > 0 ? `, +${others.length}` : ''})`;
}

function transferName({ path, url }: Transfer): string {
  return path === null ? (url ?? 'a download') : nameOfPath(path);
}

/** `18/40M  2.1M/s  from cache.nixos.org`; `stands still` where nothing has come for some seconds. */
function movingText(transfer: Transfer, timeMs: number): string {
  const { state, bytes, expectedBytes, direction, peer } = transfer;
  const amount = expectedBytes === null ? formatBytes(bytes) : formatOf(bytes, expectedBytes);
  const speed = transferSpeed(transfer, timeMs);
  const moves = speed === null ? '' : speed === 0 ? 'stands still' : formatRate(speed);
  const where = peer === null ? '' : `${direction === 'fetch' ? 'from' : 'to'} ${hostOf(peer)}`;
  const parts = state === 'asked' ? ['asked for', where] : [amount, moves, where];
  return parts.filter((part) => part !== '').join('  ');
}

/** `in checkPhase: exit code 2`. */
function failedIn(build: Build | null): string {
  const phase = build?.phases.at(-1)?.name;
  const text = build?.failure == null ? unknownWord : failureText(build.failure);
  return phase === undefined ? text : `in ${phase}: ${text}`;
}

/** Short, where the facts say it; else Nix's words. */
function failureText({ failure, text }: FailureRecord): string {
  switch (failure.kind) {
    case 'exit':
      return `exit code ${failure.code}`;
    case 'signal':
      return `signal ${failure.signal}${failure.name === null ? '' : ` (${failure.name})`}`;
    case 'timeout':
      return `${failure.silent === true ? 'silent' : 'running'} for longer than ${failure.seconds} s`;
    case 'hash':
      return `hash mismatch: got ${failure.got}`;
    case 'log-limit':
      return `more than ${formatBytes(failure.bytes)} of log`;
    default:
      return text;
  }
}
