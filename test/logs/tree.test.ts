/** The tree of a rebuild: who is below whom, what is counted, and what a tick costs. */
import { describe, expect, test } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import {
  type DerivationTree,
  deriveTree,
  nodesBelow,
  stateOfNode,
  sumOfCounts,
} from '../../src/logs/tree.ts';
import { type TreeChoice, type TreeNode, treeNodes } from '../../src/logs/tree-nodes.ts';
import { nameOfDerivation } from '../../src/model/nix-store/store-path.ts';
import type { DerivationRaw } from '../../src/model/rebuild/derivation.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { boxDerivations, boxRebuild, followedOf, rawOf } from '../support/followed-fixture.ts';
import { eventsOf, logBytes, logNames } from '../support/logs.ts';
import { bare, build, drvOf, error, line, RebuildLog, result, say, stop } from '../support/rebuild-log.ts';

const graphOf = (raws: readonly DerivationRaw[]) => new Map(raws.map((one) => [one.drv, one]));
const usual: TreeChoice = { opened: new Set(), closed: new Set(), matches: null };

/** Names, indented; of what is counted its counts. */
function drawn(rebuild: Rebuild, raws: readonly DerivationRaw[], choice: Partial<TreeChoice> = {}): string[] {
  const tree = deriveTree(rebuild, graphOf(raws), null);
  return linesOf(treeNodes(followedOf(rebuild), tree, { ...usual, ...choice }));
}

function linesOf(nodes: readonly TreeNode[]): string[] {
  return nodes.map((node) => {
    const indent = '  '.repeat(node.depth);
    switch (node.kind) {
      case 'derivation':
        return `${indent}${nameOfDerivation(node.drv)} ${node.state}`;
      case 'more':
        return `${indent}+ ${countsOf(node)}`;
      case 'transfers':
        return `${indent}+ ${node.moving} moving ${node.asked} asked`;
      case 'transfer':
        return `${indent}${node.transfer.path?.slice(44)} ${node.transfer.state}`;
      default:
        return indent + node.kind;
    }
  });
}

function countsOf({ counts }: Extract<TreeNode, { counts: unknown }>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(' ');
}

const plan = (...names: readonly string[]) => [
  say(`these ${names.length} derivations will be built:`),
  ...names.map((name) => say(`  ${drvOf(name)}`)),
];

describe('the tree', () => {
  test('each derivation once, below the one nearest to the top that needs it', () => {
    const log = new RebuildLog().at(1, ...plan('top', 'a', 'b', 'deep'), build(1, 'deep'));
    const raws = [rawOf('top', 'a', 'b'), rawOf('a', 'b'), rawOf('b', 'deep')];
    expect(drawn(log.rebuild, raws)).toEqual([
      'rebuild',
      '  top planned',
      '    b planned',
      '      deep running',
      '    + 1 planned',
    ]);
  });

  test('what no .drv file tells of hangs directly below its rebuild', () => {
    const log = new RebuildLog().at(1, ...plan('top', 'a', 'b'), build(1, 'a'), build(2, 'b'));
    expect(drawn(log.rebuild, [])).toEqual(['rebuild', '  a running', '  b running', '  + 1 planned']);
    expect(drawn(log.rebuild, [rawOf('top', 'a')])).toEqual([
      'rebuild',
      '  top planned',
      '    a running',
      '  b running',
    ]);
  });

  test('failed first, then what runs, the longest first, then what waits; the rest is counted', () => {
    expect(drawn(boxRebuild, boxDerivations)).toEqual([
      'rebuild',
      '  nixos-system-box-24.11 planned',
      '    system-path planned',
      '      python3-3.12.6-env planned',
      '        python3.12-scipy-1.14.1 planned',
      '          openblas-0.3.28 failed',
      '        python3.12-numpy-2.1.2 running',
      '        + 34 planned',
      '      firefox-130.0 running',
      '      chromium-129.0.6668.89 planned',
      '        chromium-unwrapped-129.0.6668.89 running',
      '      rust-bindgen-0.70.1 planned',
      '        llvm-18.1.8 running',
      '      + 4 done',
      '    linux-6.11.3 running',
      '    etc planned',
      '      unit-nginx.service waiting',
      '    + 1 planned',
      '  linux-firmware-20241017 moving',
      '  noto-fonts-24.9.1 moving',
      '  + 0 moving 1 asked',
    ]);
  });

  test('what is closed is counted, what is opened is shown', () => {
    const top = `${drvOf('nixos-system-box-24.11')} of command stream`;
    const closed = drawn(boxRebuild, boxDerivations, { closed: new Set([top]) });
    expect(closed.slice(0, 3)).toEqual([
      'rebuild',
      '  nixos-system-box-24.11 planned',
      '  linux-firmware-20241017 moving',
    ]);
    const more = `more below ${drvOf('system-path')} of command stream`;
    const opened = drawn(boxRebuild, boxDerivations, { opened: new Set([more]) });
    expect(opened).toContain('      glibc-2.40 done');
  });

  test('a filter leaves what matches, whatever is above it', () => {
    const matches = (drv: string) => drv.includes('linux');
    expect(drawn(boxRebuild, boxDerivations, { matches })).toEqual([
      'rebuild',
      '  linux-6.11.3 running',
      '  initrd-linux-6.11.3 planned',
    ]);
  });

  test('not built because of another: below it what failed', () => {
    const log = new RebuildLog().at(
      1,
      ...plan('top', 'a', 'b'),
      bare(9, 104),
      build(1, 'a'),
      error(`builder for '${drvOf('a')}' failed with exit code 1`),
      result(9, 105, 0, 3, 0, 1),
      stop(1),
      error(`1 dependencies of derivation '${drvOf('top')}' failed to build`),
    );
    expect(drawn(log.rebuild, [rawOf('top', 'a', 'b')])).toEqual([
      'rebuild',
      '  top blocked',
      '    a failed',
      '    + 1 planned',
    ]);
  });

  test('of many that wait only some have a line', () => {
    const names = Array.from({ length: 40 }, (_, index) => `w${index}`);
    const waits = names.map((name, index) => ({
      action: 'start',
      id: 100 + index,
      level: 1,
      type: 111,
      parent: 0,
      fields: [],
      text: `waiting for a machine to build '${drvOf(name)}'`,
    }));
    const log = new RebuildLog().at(1, ...plan(...names), ...waits);
    const lines = drawn(log.rebuild, []);
    expect(lines.filter((one) => one.endsWith(' waiting'))).toHaveLength(6);
    expect(lines.at(-1)).toBe('  + 35 waiting');
  });

  test('a circle, which only a broken file can tell of, ends', () => {
    const log = new RebuildLog().at(1, ...plan('top', 'a', 'b'), build(1, 'b'));
    const raws = [rawOf('top'), rawOf('a', 'b', 'a'), rawOf('b', 'a')];
    expect(drawn(log.rebuild, raws)).toEqual(['rebuild', '  b running', '  + 2 planned']);
  });
});

/** All that can be asked of a tree. */
function whole(tree: DerivationTree) {
  return tree.shape.drvs.map((drv, node) => ({
    drv,
    state: stateOfNode(tree, node),
    below: [...nodesBelow(tree, node)],
    counts: sumOfCounts(tree, [node]),
  }));
}

test.each(logNames)('%s: step by step it is what it is at once', (name) => {
  const events = eventsOf(logBytes(name));
  const size = Math.max(1, Math.ceil(events.length / 40));
  let state = newLogState('one');
  let tree: DerivationTree | null = null;
  for (let at = 0; at < events.length; at += size) {
    state = foldLog(state, events.slice(at, at + size), at);
    const [rebuild] = state.rebuilds;
    if (rebuild === undefined) continue;
    tree = deriveTree(rebuild, new Map(), tree);
    const anew = new Map(
      whole(deriveTree(rebuild, new Map(), null)).map(({ drv, state: now }) => [drv, now]),
    );
    for (const { drv, state: now } of whole(tree)) expect([drv, now]).toEqual([drv, anew.get(drv) ?? 'done']);
    expect(tree.counts).toEqual(recounted(tree));
  }
});

function recounted(tree: DerivationTree): Int32Array {
  const counts = new Int32Array(tree.counts.length);
  const kinds = counts.length / Math.max(1, tree.shape.drvs.length);
  for (const [node, state] of tree.states.entries())
    for (let at = node; at >= 0; at = tree.shape.parents[at] as number)
      counts[at * kinds + state] = (counts[at * kinds + state] as number) + 1;
  return counts;
}

describe('a tick of a rebuild of 5,000 derivations', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `p${index}`);
  /** Of a few dozen inputs each, as far down as that goes. */
  const raws = names.map((name, index) =>
    rawOf(name, ...Array.from({ length: 20 }, (_, input) => `p${index * 20 + input + 1}`)),
  );
  const runs = Array.from({ length: 10 }, (_, index) => build(1000 + index, `p${4000 + index * 7}`));
  const log = () => new RebuildLog().at(1, ...plan(...names), bare(9, 104), ...runs);

  class CountedMap<K, V> extends Map<K, V> {
    asked = 0;
    override get(key: K): V | undefined {
      this.asked += 1;
      return super.get(key);
    }
  }

  class CountedSet<T> extends Set<T> {
    asked = 0;
    override has(key: T): boolean {
      this.asked += 1;
      return super.has(key);
    }
  }

  test('that brings lines of ten looks at ten, and at no file', () => {
    const before = log();
    const derivations = new CountedMap(raws.map((one) => [one.drv, one] as const));
    const planned = new CountedSet(before.rebuild.planned);
    const first = { ...before.rebuild, planned };
    const tree = deriveTree(first, derivations, null);
    derivations.asked = 0;
    planned.asked = 0;
    const after = before.at(2, ...runs.map(({ id }) => line(id, 'cc'))).rebuild;
    const next = deriveTree({ ...after, planned }, derivations, tree);
    expect(derivations.asked).toBe(0);
    expect(planned.asked).toBeLessThanOrEqual(10);
    expect(next.states).toBe(tree.states);
    expect(next.shape).toBe(tree.shape);
  });

  test('in which ten begin keeps the shape, and shows no more lines than are open', () => {
    const before = log();
    const derivations = graphOf(raws);
    const tree = deriveTree(before.rebuild, derivations, null);
    const shown = treeNodes(followedOf(before.rebuild), tree, usual);
    const more = Array.from({ length: 10 }, (_, index) => build(2000 + index, `p${4500 + index}`));
    const after = before.at(2, ...more).rebuild;
    const next = deriveTree(after, derivations, tree);
    expect(next.shape).toBe(tree.shape);
    const now = treeNodes(followedOf(after), next, usual);
    expect(now.filter((node) => node.kind === 'derivation' && node.state === 'running')).toHaveLength(20);
    expect(shown.length).toBeLessThan(100);
    expect(now.length).toBeLessThan(150);
  });
});
