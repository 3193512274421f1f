import { formatDuration, lengthText } from '../base/duration.ts';
import type { TreeCounts, TreeState } from '../logs/tree.ts';
import type { TreeNode } from '../logs/tree-nodes.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { Cell } from './columns.ts';
import { phaseText } from './failed-words.ts';
import type { Tone } from './paint.ts';
import { hostOf } from './words.ts';

export interface TreeLine {
  readonly kind: 'tree';
  readonly node: Extract<TreeNode, { readonly kind: 'derivation' }>;
  /** Drawn before the name. */
  readonly branch: string;
  /** Of the model shown, Unix ms. */
  readonly timeMs: number;
}

const tones: Readonly<Record<TreeState, Tone | undefined>> = {
  failed: 'danger',
  running: undefined,
  waiting: 'warning',
  blocked: 'muted',
  planned: 'muted',
  stopped: 'muted',
  done: 'muted',
};

/** What a state is called. */
export const stateWords: Readonly<Record<TreeState, string>> = {
  failed: 'failed',
  running: 'running',
  waiting: 'waiting',
  blocked: 'not built',
  planned: 'planned',
  stopped: 'stopped',
  done: 'done',
};

/** `34 planned, 3 done`; empty where there is nothing. */
export function countsText(counts: TreeCounts, more = false): string {
  let first = more;
  const parts: string[] = [];
  for (const state of countOrder) {
    if (counts[state] === 0) continue;
    parts.push(`${counts[state]} ${first ? 'more ' : ''}${stateWords[state]}`);
    first = false;
  }
  return parts.join(', ');
}
const countOrder: readonly TreeState[] = [
  'failed',
  'running',
  'waiting',
  'blocked',
  'planned',
  'stopped',
  'done',
];

const blank: Cell = { text: '' };

/** `noted`: the phase where there is no room for NOW. */
export function treeCell(column: string, line: TreeLine): Cell {
  const { node, timeMs } = line;
  const { state, build } = node;
  const tone = tones[state];
  switch (column) {
    case 'name':
      return { text: line.branch + nameOfDerivation(node.drv), tone };
    case 'phase':
    case 'noted': {
      const phase =
        state === 'running' ? phaseText(build?.phases.at(-1)?.name ?? 'building') : stateWords[state];
      return { text: phase, tone };
    }
    case 'age': {
      const from = build?.startedMs ?? null;
      if (from === null) return blank;
      return { text: formatDuration(((build?.endedMs ?? timeMs) - from) / 1000), tone };
    }
    case 'now':
      return nowOf(node, timeMs);
    default:
      return blank;
  }
}

/** A build that says nothing for so long is worth a word. */
const silentMs = 60_000;

function nowOf({ state, build, below }: TreeLine['node'], timeMs: number): Cell {
  const hidden = below === null ? '' : countsText(below);
  if (state !== 'running' || build === null) return { text: hidden, tone: 'muted' };
  const silent = timeMs - (build.lastLineMs ?? build.startedMs ?? timeMs);
  const line = silent >= silentMs ? `no line for ${lengthText(silent)}` : '';
  const lead = build.host === null ? null : { text: `on ${hostOf(build.host)}`, tone: 'accent' as const };
  return { text: [line, hidden].filter((part) => part !== '').join('  '), tone: 'muted', lead };
}
