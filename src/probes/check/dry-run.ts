/** The configuration evaluated, and what Nix would do for it: `nix-instantiate`, then `nix-store --realise --dry-run`. */
import { fail, ok, type Result } from '../../base/problem.ts';
import type { DryRun, Plan, PlannedBuild } from '../../model/advice/rebuild-facts.ts';
import type { PlanList } from '../../model/rebuild/log-event.ts';
import { parseRequirements } from '../../parse/derivation.ts';
import { planOf } from '../../parse/plan-lines.ts';
import { configurationText, findConfiguration } from '../configuration.ts';
import { type Evaluated, evaluate, type Limits, usualLimits } from '../evaluate.ts';
import { derivationExpression, systemExpression, toplevelExpression } from '../nix-expression.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { within } from './within.ts';

/** Large configurations take minutes on small machines. */
const limitSec = 300;
/** Each cache that does not answer takes some seconds of it. */
const planMs = 120_000;
/** Of a .drv, the largest of nixpkgs are some hundred KB. */
const mostBytes = 2 << 20;
const mostDerivations = 4000;
const atOnce = 32;

export interface DryRunWanted {
  /** As `nixos-rebuild --flake` takes it, a path absolute; null: what a rebuild without words takes. */
  readonly flake: string | null;
  /** Default: five minutes, and half of the memory that is free. */
  readonly limits?: Limits;
  /** Of Nix, for what it would do: `substituters`. */
  readonly options?: readonly (readonly [name: string, value: string])[];
}

export async function readDryRun(
  { flake, limits, options = [] }: DryRunWanted,
  context: ProbeContext,
): Promise<Result<DryRun>> {
  const found = await findConfiguration(flake, context.ports);
  if (!found.ok) return found;
  const configuration = found.value;
  if (configuration.kind === 'channel' && !(await isNixos(context)))
    return fail('gone', '/etc/nixos', 'no configuration is there; --flake names one');
  const text = configurationText(configuration);
  context.progress(`evaluates ${text}`);
  const asked = { configuration: text, limits: limits ?? usualLimits(context.ports, limitSec) };
  const system = systemExpression(configuration);
  const written = await evaluate(
    { ...asked, expression: derivationExpression(system), instantiate: true },
    context,
  );
  if (!written.ok) return written;
  const refused = storeRefusal(written.value);
  // It may be evaluated where nothing may be written.
  if (refused !== null) return readOnly(asked, system, refused, context);
  const { run, value, said } = written.value;
  if (value === null) return ok({ run, said, plan: null });
  const drv = /^(\/\S+\.drv)(?:!.*)?$/m.exec(value)?.[1];
  const plan =
    drv === undefined
      ? fail<never>('malformed', 'nix-instantiate', 'it named no derivation')
      : await readPlan(drv, context, options);
  return ok({ run, said, plan });
}

/** Who has a configuration of his own for `<nixos-config>` names it. */
async function isNixos({ ports: { files } }: ProbeContext): Promise<boolean> {
  const places = ['/etc/NIXOS', '/etc/nixos/configuration.nix'];
  const found = await Promise.all(places.map((path) => files.ownerSlow(path, { follow: true })));
  return found.some((one) => one.ok);
}

async function readOnly(
  asked: { readonly configuration: string; readonly limits: Limits },
  system: string,
  refused: string,
  context: ProbeContext,
): Promise<Result<DryRun>> {
  const evaluated = await evaluate({ ...asked, expression: toplevelExpression(system) }, context);
  if (!evaluated.ok) return evaluated;
  // Not even to be read: that is no fault of the configuration.
  if (storeRefusal(evaluated.value) !== null) return fail('denied', 'the store', refused);
  const { run, said } = evaluated.value;
  return ok({ run, said, plan: run.end === 'done' ? fail('denied', 'the store', refused) : null });
}

/** Of src/libstore/{local-store,uds-remote-store,pathlocks}.cc: the store's fault, and not the configuration's. */
const storeWords =
  /cannot connect to (?:daemon|socket) at|(?:opening lock file|creating directory|opening file) ['"“‘]\/nix\/.*(?:Permission denied|Read-only file system)|cannot open connection to remote store|unable to open database file/;

export function storeRefusal({ run, said }: Pick<Evaluated, 'run' | 'said'>): string | null {
  if (run.end !== 'failed') return null;
  return said.find((line) => storeWords.test(line))?.replace(/^\s*error:\s*/, '') ?? null;
}

export async function readPlan(
  drv: string,
  context: ProbeContext,
  options: NonNullable<DryRunWanted['options']> = [],
): Promise<Result<Plan>> {
  context.progress('asks Nix what it would do');
  const run = await within(planMs, 'nix-store --dry-run', context, (bounded) =>
    runProgram(
      bounded,
      [
        ...(['nix-store', '--realise', '--dry-run', drv] as const),
        ...options.flatMap(([name, value]) => ['--option', name, value]),
      ],
      { from: 'nix' },
    ),
  );
  if (!run.ok) return run;
  const { exitCode, stderr } = run.value;
  const plan = planOfLines(stderr);
  // What it does not know how to get it says, and fails.
  if (exitCode !== 0 && plan.unknown.length === 0) {
    const said = stderr.find((line) => line.startsWith('error:'))?.replace(/^error:\s*/, '');
    return fail('malformed', 'nix-store --dry-run', said ?? `ended with ${exitCode}`);
  }
  context.progress('reads what is to be built');
  const output = outputOf((await textOf(drv, context)) ?? '');
  return ok({ ...plan, output, ...(await readBuilds(plan.builds, context)) });
}

/** `Derive([("out","/nix/store/<hash>-nixos-system-box-25.11","","")],…`: of one by its contents it is empty. */
function outputOf(text: string): string | null {
  return /^Derive\(\[(?:\("[^"]*","[^"]*","[^"]*","[^"]*"\),)*\("out","(\/[^"]+)"/.exec(text)?.[1] ?? null;
}

export function planOfLines(lines: readonly string[]) {
  const lists: Record<PlanList, string[]> = { builds: [], fetches: [], unknown: [] };
  let list: PlanList | null = null;
  let downloadBytes: number | null = null;
  let unpackedBytes: number | null = null;
  for (const line of lines) {
    const event = planOf(line);
    if (event?.kind === 'plan') {
      list = event.list;
      if (list === 'fetches') ({ downloadBytes, unpackedBytes } = event);
    } else if (event?.kind === 'planned' && list !== null) lists[list].push(...event.paths);
    else list = null;
  }
  const none = lists.fetches.length === 0 ? 0 : null;
  return { ...lists, downloadBytes: downloadBytes ?? none, unpackedBytes: unpackedBytes ?? none };
}

async function readBuilds(
  drvs: readonly string[],
  context: ProbeContext,
): Promise<Pick<Plan, 'builds' | 'empty'>> {
  const builds: PlannedBuild[] = [];
  const empty: string[] = [];
  for (let i = 0; i < drvs.length && !context.cancelled.aborted; i += atOnce) {
    const some = drvs.slice(i, i + atOnce);
    const texts = i >= mostDerivations ? [] : await Promise.all(some.map((drv) => textOf(drv, context)));
    for (const [at, drv] of some.entries()) {
      const text = texts[at] ?? null;
      if (text === '') empty.push(drv);
      builds.push({ drv, wants: text === null ? null : parseRequirements(text) });
    }
  }
  return { builds, empty };
}

async function textOf(drv: string, { ports: { files } }: ProbeContext): Promise<string | null> {
  const text = await files.readSlow(drv, { maxBytes: mostBytes, deadlineMs: 5000 });
  return text.ok ? text.value : null;
}
