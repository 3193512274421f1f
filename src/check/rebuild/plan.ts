/** The plan of the dry run, for the items that measure against it. */
import type { Problem } from '../../base/problem.ts';
import type { Plan, RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { nameOfDerivation } from '../../model/nix-store/store-path.ts';

/** Null: there is none, whatever the reason. */
export function planIn({ dryRun }: Pick<RebuildFacts, 'dryRun'>): Plan | null {
  if (dryRun?.ok !== true) return null;
  const { plan } = dryRun.value;
  return plan?.ok === true ? plan.value : null;
}

/** Why there is none; null: the evaluation was left out. */
export function whyNoPlan({ dryRun }: Pick<RebuildFacts, 'dryRun'>): Problem | null {
  if (dryRun === null) return null;
  if (!dryRun.ok) return dryRun.problem;
  const { plan } = dryRun.value;
  if (plan !== null && !plan.ok) return plan.problem;
  return { kind: 'unsupported', where: 'the plan', cause: 'the evaluation did not come to its end' };
}

const GiB = 1024 ** 3;

/**
 * Builds of nixpkgs that take much, with about what their build directory holds at its end, rounded down from reports of
 * full ones (NixOS/nixpkgs#54707 and its like): what is less than this is not enough.
 */
const large: readonly (readonly [names: string, bytes: number])[] = [
  ['(?:ungoogled-)?chromium(?:-unwrapped)?|electron(?:-unwrapped)?', 30 * GiB],
  ['qtwebengine', 15 * GiB],
  ['(?:firefox|thunderbird|librewolf)-unwrapped', 12 * GiB],
  ['rustc|libreoffice|(?:python[\\d.]+-)?(?:torch|tensorflow|jaxlib)', 10 * GiB],
  ['webkitgtk', 8 * GiB],
  ['llvm|clang|rocm-llvm', 5 * GiB],
  ['ghc|gcc', 4 * GiB],
  ['linux(?:-(?:zen|xanmod|lqx|hardened|libre|rt|rpi|asahi))?', 3 * GiB],
];
/** With a version and nothing behind: `ghc-9.8.4-with-packages` and sources are small. */
const patterns = large.map(([names, bytes]) => ({
  pattern: new RegExp(`^(?:${names})-\\d[\\w.+]*$`),
  bytes,
}));

export function largeBuilds(plan: Plan): readonly { readonly name: string; readonly bytes: number }[] {
  return plan.builds
    .flatMap(({ drv }) => {
      const name = nameOfDerivation(drv);
      const bytes = isFile(name) ? undefined : patterns.find(({ pattern }) => pattern.test(name))?.bytes;
      return bytes === undefined ? [] : [{ name, bytes }];
    })
    .sort((a, b) => b.bytes - a.bytes);
}

/** Sources have the name, too. */
function isFile(name: string): boolean {
  return /\.(?:tar(?:\.\w+)?|tgz|zip|patch|diff|json)$/.test(name);
}
