/** How long a graph of builds takes on so many slots: the builds are played one after the other, as Nix would. */
import { NumberHeap } from './number-heap.ts';
import type { RemainingWork } from './remaining-work.ts';

/**
 * Which of several that are ready begins first. `plan`: the one that Nix named first. `longest`: the one behind which most
 * is left, as good as it can be.
 */
export type Order = 'plan' | 'longest';

/**
 * Seconds until all is built. `seconds`: what each node takes, of a running one what is left of it. Who is ready first
 * begins first, where `slots` are free; running ones have theirs. What waits in a circle is never built.
 */
export function playWork(
  work: RemainingWork,
  seconds: Float64Array,
  slots: number,
  order: Order = 'plan',
): number {
  const { drvs, running, graph } = work;
  const { dependents, firsts } = graph;
  const waitsFor = graph.waitsFor.slice();
  const ends = new Float64Array(drvs.length);
  const underWay = new NumberHeap(ends);
  const ready = new NumberHeap(order === 'plan' ? byPlan(drvs.length) : byWhatFollows(work, seconds));
  for (let node = 0; node < drvs.length; node++) {
    if (node < running.length) {
      ends[node] = seconds[node] as number;
      underWay.push(node);
    } else if (waitsFor[node] === 0) ready.push(node);
  }
  let nowSec = 0;
  for (;;) {
    while (ready.size > 0 && underWay.size < slots) {
      const node = ready.pop() as number;
      ends[node] = nowSec + (seconds[node] as number);
      underWay.push(node);
    }
    const node = underWay.pop();
    if (node === undefined) return nowSec;
    nowSec = ends[node] as number;
    const end = firsts[node + 1] as number;
    for (let at = firsts[node] as number; at < end; at++) {
      const next = dependents[at] as number;
      const left = (waitsFor[next] as number) - 1;
      waitsFor[next] = left;
      if (left === 0) ready.push(next);
    }
  }
}

function byPlan(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, node) => node);
}

/** The longest way from a node to the end, negative: the longest first. */
function byWhatFollows({ drvs, graph }: RemainingWork, seconds: Float64Array): Float64Array {
  const { dependents, firsts } = graph;
  const left = graph.waitsFor.slice();
  const inOrder: number[] = [];
  for (let node = 0; node < drvs.length; node++) if (left[node] === 0) inOrder.push(node);
  for (let place = 0; place < inOrder.length; place++) {
    const node = inOrder[place] as number;
    for (let at = firsts[node] as number; at < (firsts[node + 1] as number); at++) {
      const next = dependents[at] as number;
      left[next] = (left[next] as number) - 1;
      if (left[next] === 0) inOrder.push(next);
    }
  }
  const keys = new Float64Array(drvs.length);
  for (let place = inOrder.length - 1; place >= 0; place--) {
    const node = inOrder[place] as number;
    let longest = 0;
    for (let at = firsts[node] as number; at < (firsts[node + 1] as number); at++)
      longest = Math.max(longest, -(keys[dependents[at] as number] as number));
    keys[node] = -(longest + (seconds[node] as number));
  }
  return keys;
}
