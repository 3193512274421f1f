/** A tree drawn before names. */

/** Branches before the processes of a tree given by their depths, in depth-first order. */
export function treeBranches(depths: readonly number[]): string[] {
  const branches = new Array<string>(depths.length).fill('');
  const open: boolean[] = [];
  for (let i = depths.length - 1; i >= 0; i--) {
    const depth = Math.min(deepest, Math.max(0, depths[i] ?? 0));
    let branch = '';
    for (let level = 0; level < depth; level++) branch += open[level] === true ? '│ ' : '  ';
    branches[i] = branch + (open[depth] === true ? '├ ' : '└ ');
    open[depth] = true;
    open.length = depth + 1;
  }
  return branches;
}
const deepest = 8;
