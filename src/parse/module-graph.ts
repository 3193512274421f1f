/**
 * The modules of a NixOS configuration as `lib.evalModules` tells them (`graph`, nixpkgs 25.11, lib/modules.nix
 * toGraph): `[{"key": …, "file": …, "disabled": false, "imports": […]}]`.
 */
import { fail, ok, type Result } from '../base/problem.ts';

export interface ConfiguredModule {
  /** What `disabledModules` calls it: its path, or `<path of who has it>:anon-1`. */
  readonly key: string;
  /** Those that import it, up to the top; it is not there without them. */
  readonly above: readonly string[];
}

interface Node {
  readonly key: string;
  readonly imports: readonly Node[];
}

const mostModules = 20_000;
/** Every NixOS has this one, and no configuration has it at the same place. */
const landmark = '/misc/version.nix';

/** Those of the configuration itself, without what NixOS brings, in the order of the imports, each once. */
export function parseModuleGraph(json: string): Result<readonly ConfiguredModule[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return fail('malformed', 'graph', 'no JSON');
  }
  if (!Array.isArray(parsed)) return fail('malformed', 'graph', 'no list');
  const modules = new Map<string, ConfiguredModule>();
  let base: string | null = null;
  /** Deep imports do not fill our stack. */
  const open: { readonly node: unknown; readonly above: readonly string[] }[] = parsed
    .toReversed()
    .map((node) => ({ node, above: [] }));
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { node, above } = one;
    if (!isNode(node) || modules.has(node.key)) continue;
    if (modules.size >= mostModules) return fail('malformed', 'graph', `more than ${mostModules} modules`);
    modules.set(node.key, { key: node.key, above });
    if (node.key.endsWith(`/nixos/modules${landmark}`)) base ??= node.key.slice(0, -landmark.length + 1);
    const below = [...above, node.key];
    for (const next of node.imports.toReversed()) open.push({ node: next, above: below });
  }
  const ofNixos = base;
  return ok([...modules.values()].filter(({ key }) => ofNixos === null || !key.startsWith(ofNixos)));
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    typeof value.key === 'string' &&
    'imports' in value &&
    Array.isArray(value.imports)
  );
}
