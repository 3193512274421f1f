/** Lines of the tree of a rebuild that are no table: the rebuild itself, waits, hooks, errors, what is only counted. */
import { formatBytes, formatOf, formatRate } from '../base/bytes.ts';
import { formatDuration, lengthText } from '../base/duration.ts';
import { printable, textColumns, truncate } from '../base/text.ts';
import { transferSpeed } from '../logs/speed.ts';
import type { TreeCounts } from '../logs/tree.ts';
import type { TreeNode } from '../logs/tree-nodes.ts';
import { clientCommand } from '../model/forest/client-command.ts';
import { nameOfDerivation, nameOfPath } from '../model/nix-store/store-path.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Transfer } from '../model/rebuild/rebuild.ts';
import { rootCauseText } from './causes.ts';
import { phaseText } from './failed-words.ts';
import type { Tone } from './paint.ts';
import { clauseSpans, type RebuildClause, rebuildClauses, rebuildTitle, shareDone } from './rebuild-words.ts';
import { type Span, span } from './row.ts';
import { countsText } from './tree-cells.ts';
import { type HolderOf, waitForText } from './wait-words.ts';
import { hostOf, unknownWord } from './words.ts';

export interface TreeLineFacts {
  readonly branch: string;
  /** Of the model shown, Unix ms. */
  readonly timeMs: number;
  readonly holderOf: HolderOf;
  /** Of the column of names: what is said of one stands behind it. */
  readonly nameColumns: number;
}

/** Null: a row of the table. */
export function treeLine(
  node: TreeNode,
  { branch, timeMs, holderOf, nameColumns }: TreeLineFacts,
  width: number,
  unicode: boolean,
): readonly Span[] | null {
  const time = (fromMs: number | null | undefined, toMs: number | null = timeMs) =>
    fromMs == null ? '' : formatDuration(((toMs ?? timeMs) - fromMs) / 1000);
  const since = (ms: number) => span(`  ${time(ms)}`, 'muted');
  const name = (text: string, tone?: Tone): Span => ({ text: branch + text, tone, width: nameColumns + 1 });
  switch (node.kind) {
    case 'rebuild':
      return rebuildSpans(node.followed, node.counts, { timeMs, holderOf }, width, unicode);
    case 'derivation': {
      const { state, build, wait } = node;
      const of = nameOfDerivation(node.drv);
      if (state === 'waiting' && wait !== null)
        return [
          name(of),
          span(`waits for ${waitForText(wait.for, holderOf)}`, 'warning'),
          since(wait.sinceMs),
        ];
      if (state !== 'failed') return null;
      return [
        name(of, 'danger'),
        span('failed', 'danger'),
        span(build?.startedMs == null ? '' : ` after ${time(build.startedMs, build.endedMs)}`),
        span(`  ${failedIn(node)}`, 'danger'),
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
      return [
        span(branch),
        span(`waits for ${waitForText(node.wait.for, holderOf)}`, 'warning'),
        since(node.wait.sinceMs),
      ];
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

/** Columns of the bar of a rebuild. */
const barColumns = 12;
const leastTitle = 24;

/** What was typed, how it stands, and what is to be said of it. */
function rebuildSpans(
  followed: FollowedRebuild,
  counts: TreeCounts,
  { timeMs, holderOf }: Pick<TreeLineFacts, 'timeMs' | 'holderOf'>,
  width: number,
  unicode: boolean,
): Span[] {
  const { over, command } = followed;
  const said = rebuildClauses(followed, { nowMs: timeMs, holderOf });
  const clauses = over ? [endOf(followed, counts), ...said.filter(isOfEnd)] : said;
  const share = over ? null : shareDone(followed);
  const name = command === null ? rebuildTitle(followed) : clientCommand(command);
  const title = truncate(printable(name, unicode), Math.max(leastTitle, Math.floor(width * 0.4)), unicode);
  const room = Math.max(0, width - textColumns(title) - 2);
  return [
    span(title, over && counts.failed === 0 ? undefined : 'title'),
    span('  '),
    ...clauseSpans(clauses, share, barColumns, room, unicode),
  ];
}

/** Nothing goes on any more. */
function isOfEnd({ part }: RebuildClause): boolean {
  return part !== 'doing' && part !== 'waits' && part !== 'quiet' && part !== 'estimate';
}

/** `done in 12 min`, `failed after 4 min with exit code 1`. */
function endOf({ rebuild, failures }: FollowedRebuild, counts: TreeCounts): RebuildClause {
  const { ended, updatedMs, startedMs } = rebuild;
  const code = ended?.exitCode ?? null;
  const length = lengthText((ended?.atMs ?? updatedMs) - startedMs);
  const well = code === null ? counts.failed + failures.length === 0 : code === 0;
  const said = well ? (code === 0 ? 'done in' : 'ended after') : 'failed after';
  const text = `${said} ${length}${code === null || code === 0 ? '' : ` with exit code ${code}`}`;
  return { part: 'doing', rank: 0, text, tone: well ? 'ok' : 'danger' };
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

/** `in check: exit code 2`. */
function failedIn({ build, root }: Extract<TreeNode, { kind: 'derivation' }>): string {
  const phase = build?.phases.at(-1)?.name;
  const text = root === null ? (build?.failure?.text ?? unknownWord) : rootCauseText(root);
  return phase === undefined ? text : `in ${phaseText(phase)}: ${text}`;
}
