/** What search and filter look at: the texts by which people know a build or a process, and what they paste. */
import type { TreeNode } from '../logs/tree-nodes.ts';
import type { Build, BuildProcess } from '../model/model.ts';
import { derivationOfPath, nameOfDerivation } from '../model/nix-store/store-path.ts';

/** Case does not matter; an empty needle matches nothing. */
export function buildMatches(build: Build, needle: string): boolean {
  const { name, pname, user, now, phase, host, pid, drvHash } = build;
  if (contains([name, pname, user, now, phase, host], needle) || String(pid) === needle) return true;
  const hash = hashOf(needle);
  return hash !== null && drvHash?.startsWith(hash) === true;
}

/** A derivation that nobody builds at the moment. */
export function derivationMatches(drv: string, needle: string): boolean {
  if (contains([nameOfDerivation(drv)], needle)) return true;
  const hash = hashOf(needle);
  return hash !== null && derivationOfPath(drv)?.hash.startsWith(hash) === true;
}

/** A pid as a whole: two digits of it would be in every other process. */
export function processMatches(process: BuildProcess, needle: string): boolean {
  return contains([process.comm, process.command], needle) || String(process.pid) === needle;
}

/** It, or what it runs. */
export function anyMatches(build: Build, needle: string): boolean {
  return buildMatches(build, needle) || build.tree.some((process) => processMatches(process, needle));
}

function contains(texts: readonly (string | null)[], needle: string): boolean {
  if (needle === '') return false;
  const lower = needle.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(lower) === true);
}

/**
 * The first six characters of a hash or more (without e, o, t and u: src/libutil/hash.cc, base32Chars), alone or
 * as a store path begins. Fewer are in some hash by chance, and would show builds that nobody asked for.
 */
const hashStart = /^(?:\/nix\/store\/)?([0-9a-df-np-sv-z]{6,32})(?:-|$)/;

function hashOf(needle: string): string | null {
  return hashStart.exec(needle)?.[1] ?? null;
}

/** A line of a tree, by what it is about. */
export function treeMatches(node: TreeNode, needle: string): boolean {
  switch (node.kind) {
    case 'derivation': {
      const phase = node.build?.phases.at(-1)?.name ?? null;
      const host = node.build?.host ?? null;
      return derivationMatches(node.drv, needle) || contains([node.state, phase, host], needle);
    }
    case 'transfer':
      return contains([node.transfer.path, node.transfer.url, node.transfer.peer], needle);
    case 'hook':
      return contains([node.hook.drv], needle);
    case 'error':
      return contains([node.error.text], needle);
    default:
      return false;
  }
}
