/** A package of the list that is not in the store: the next one on the list where it is. Evaluated, and nothing written. */
import { nixString } from '../../base/nix-string.ts';
import { withoutEscapes } from '../../base/text.ts';
import { isStorePath } from '../../model/nix-store/store-path.ts';
import { evaluate, usualLimits } from '../evaluate.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { complaintOf, isRefused } from './nix-words.ts';

export type ChosenPackage =
  | { readonly kind: 'chosen'; readonly package: string; readonly path: string }
  | {
      readonly kind: 'none';
      readonly why: 'all-present' | 'no-package' | 'evaluation' | 'time' | 'no-nix' | 'denied';
      readonly package: string | null;
      readonly said: string | null;
    };

export interface ChooseOptions {
  /** In their order: `hello`, `FLAKE#hello`, `<nixpkgs>#hello`, or a path of the store. */
  readonly packages: readonly string[];
  readonly deadlineMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

export async function choosePackage(
  { packages, deadlineMs, environment }: ChooseOptions,
  context: ProbeContext,
): Promise<ChosenPackage> {
  const { clock } = context.ports;
  const none = (
    why: Extract<ChosenPackage, { kind: 'none' }>['why'],
    name: string | null,
    said: string | null,
  ) => ({ kind: 'none', why, package: name, said }) as const;
  let unusable: ChosenPackage | null = null;
  for (const name of packages) {
    const leftSec = (deadlineMs - clock.monotonic()) / 1000;
    if (leftSec < 1 || context.cancelled.aborted) return none('time', name, null);
    context.progress(`evaluates ${name}`);
    const path = await pathOf(name, leftSec, context);
    if (!path.ok) {
      if (path.why !== 'evaluation') return none(path.why, name, path.said);
      // One that is broken does not keep the others from being fetched.
      unusable ??= none('evaluation', name, path.said);
      continue;
    }
    const validity = await isValid(path.value, environment, context);
    if (validity === false) return { kind: 'chosen', package: name, path: path.value };
    if (validity === true) continue;
    if (validity.why !== 'evaluation') return none(validity.why, name, validity.said);
    unusable ??= none('evaluation', name, validity.said);
  }
  return unusable ?? none(packages.length === 0 ? 'no-package' : 'all-present', null, null);
}

type Refused = { readonly why: 'no-nix' | 'denied' | 'time' | 'evaluation'; readonly said: string | null };

/** Of the path, and not of the store: src/libstore/{store-api,path}.cc; what is elsewhere is looked for there. */
const noPath = /^error: (?:getting status of|(?:store )?path) ['"‘]/;

/** Whether the store has it. */
async function isValid(
  path: string,
  environment: Readonly<Record<string, string>>,
  context: ProbeContext,
): Promise<boolean | Refused> {
  const asked = await runProgram(context, ['nix-store', '--check-validity', '--print-invalid', path], {
    environment,
    from: 'nix',
  });
  if (!asked.ok) return { why: 'no-nix', said: asked.problem.cause ?? null };
  const { exitCode, stdout, stderr } = asked.value;
  if (exitCode === 0) return !stdout.includes(path);
  if (context.cancelled.aborted) return { why: 'time', said: null };
  const why = isRefused(stderr)
    ? 'denied'
    : stderr.some((line) => noPath.test(withoutEscapes(line)))
      ? 'evaluation'
      : 'no-nix';
  return { why, said: complaintOf(stderr) };
}

type EvaluatedPath =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly why: 'evaluation' | 'time' | 'no-nix'; readonly said: string | null };

async function pathOf(name: string, leftSec: number, context: ProbeContext): Promise<EvaluatedPath> {
  if (isStorePath(name)) return { ok: true, value: name };
  const evaluated = await evaluate(
    {
      expression: outPathExpression(name),
      configuration: name,
      limits: usualLimits(context.ports, leftSec),
      json: true,
    },
    context,
  );
  if (!evaluated.ok) {
    const { kind, cause = kind } = evaluated.problem;
    return { ok: false, why: kind === 'timeout' ? 'time' : 'no-nix', said: cause };
  }
  const { run, value, said } = evaluated.value;
  const path: unknown = value === null ? null : parsed(value);
  if (typeof path === 'string' && isStorePath(path)) return { ok: true, value: path };
  if (run.end === 'time') return { ok: false, why: 'time', said: `not within ${Math.round(run.limitSec)} s` };
  return { ok: false, why: 'evaluation', said: run.error ?? complaintOf(said) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** As `nix build` finds an attribute of a flake, or of a path in angle brackets; alone it is one of nixpkgs. */
export function outPathExpression(name: string): string {
  const at = name.indexOf('#');
  const place = at < 0 ? 'nixpkgs' : name.slice(0, at);
  const attributes = name
    .slice(at + 1)
    .split('.')
    .map((one) => `.${nixString(one.replace(/^"(.*)"$/, '$1'))}`)
    .join('');
  if (/^<[\w./+-]+>$/.test(place)) return `(import ${place} { })${attributes}.outPath`;
  return `let
    flake = builtins.getFlake ${nixString(place)};
    system = builtins.currentSystem;
  in (flake.packages.\${system}${attributes} or flake.legacyPackages.\${system}${attributes} or flake${attributes}).outPath`;
}
