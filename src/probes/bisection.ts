/**
 * Which modules of a configuration make its evaluation fail or not end: they are left out by halves
 * (`disabledModules`), each evaluation under the same limits, until few are left without which the fault is gone.
 */
import { ok } from '../base/problem.ts';
import type { EvaluationRun, ProbeValues } from '../model/diagnosis/probe-values.ts';
import { type ConfiguredModule, parseModuleGraph } from '../parse/module-graph.ts';
import { configurationText, findConfiguration } from './configuration.ts';
import { smallestFailing } from './delta-debugging.ts';
import { evaluate, type Limits, usualLimits } from './evaluate.ts';
import { graphExpression, systemExpression, toplevelExpression, withoutModules } from './nix-expression.ts';
import type { Probe } from './probe.ts';

const limitSec = 600;
/** Of the system without the configuration's modules, so many times its own time is no loop yet. */
const slowdown = 10;
const leastSec = 60;
const mostSteps = 80;

interface BisectionOptions {
  readonly limits?: Limits;
  readonly mostSteps?: number;
}

/** `limits`: of each evaluation, instead of the usual ones. */
export function createBisection(options: BisectionOptions = {}): Probe<'bisection'> {
  return async (subject, context) => {
    const wanted = await findConfiguration(subject, context.ports);
    if (!wanted.ok) return wanted;
    const configuration = wanted.value;
    const text = configurationText(configuration);
    const system = systemExpression(configuration);
    const most = options.mostSteps ?? mostSteps;
    let limits = options.limits ?? usualLimits(context.ports, limitSec);
    let steps = 0;

    async function run(expression: string, doing: string, json = false) {
      steps += 1;
      context.progress(`evaluation ${steps}: ${doing}`);
      return evaluate({ expression, configuration: text, limits, json }, context);
    }

    const whole = await run(toplevelExpression(system), `all of ${text}`);
    if (!whole.ok) return whole;
    const { run: reference } = whole.value;
    const value = (more: Partial<ProbeValues['bisection']>) =>
      ok({ run: reference, steps, of: null, modules: [], failsBare: false, complete: true, ...more });
    if (reference.end === 'done') return value({});

    const graph = await run(graphExpression(system), 'the list of its modules', true);
    if (!graph.ok) return graph;
    // Where imports depend on what is configured, the list itself fails; `run` has the error.
    if (graph.value.value === null) return value({ complete: false });
    const listed = parseModuleGraph(graph.value.value);
    if (!listed.ok) return listed;
    const modules = listed.value;

    const known = new Map<string, boolean>();
    /** With these and what imports them. Null: cancelled. */
    async function failsWith(kept: readonly ConfiguredModule[]): Promise<boolean | null> {
      const left = leftOut(modules, kept);
      const key = left.join('\0');
      const before = known.get(key);
      if (before !== undefined) return before;
      const doing =
        kept.length === 0 ? 'none of its modules' : `${kept.length} of its ${modules.length} modules`;
      const tried = await run(withoutModules(system, left), doing);
      if (!tried.ok) return null;
      if (kept.length === 0 && options.limits === undefined)
        limits = { ...limits, sec: Math.min(limitSec, Math.max(leastSec, tried.value.run.sec * slowdown)) };
      const fails = isSameFault(tried.value.run, reference);
      known.set(key, fails);
      return fails;
    }

    const of = modules.length;
    const bare = await failsWith([]);
    if (bare === null) return value({ of, complete: false });
    if (bare) return value({ of, failsBare: true });
    // What is said weakly for those left out may be what heals an error.
    if (reference.end === 'failed' && (await failsWith(modules)) !== true)
      return value({ of, complete: false });
    const found = await smallestFailing(modules, failsWith, { mostTests: Math.max(0, most - steps) });
    const items = found.complete ? await upwards(found.items, modules, failsWith) : found.items;
    return value({
      of,
      // One that was not narrowed down at all names nobody.
      modules: found.complete || items.length < of ? items.map(({ key }) => key) : [],
      complete: found.complete,
    });
  };
}

export const bisection = createBisection();

/** A module is there with those that import it: where these alone fail, it is one of them and not the module. */
async function upwards(
  items: readonly ConfiguredModule[],
  modules: readonly ConfiguredModule[],
  failsWith: (kept: readonly ConfiguredModule[]) => Promise<boolean | null>,
): Promise<readonly ConfiguredModule[]> {
  let now = items;
  for (const item of items) {
    let at = item;
    for (;;) {
      const parent = modules.find(({ key }) => key === at.above.at(-1));
      if (parent === undefined) break;
      const tried = now.map((one) => (one === at ? parent : one));
      if ((await failsWith(tried)) !== true) break;
      now = tried.filter((one, index) => tried.indexOf(one) === index);
      at = parent;
    }
  }
  return now;
}

/** Keys of those that are neither kept nor import one that is. */
function leftOut(modules: readonly ConfiguredModule[], kept: readonly ConfiguredModule[]): readonly string[] {
  const needed = new Set(kept.flatMap(({ key, above }) => [key, ...above]));
  return modules.flatMap(({ key }) => (needed.has(key) ? [] : [key]));
}

/** What does not end is ended by whichever limit is met first; errors are the same where they say the same. */
function isSameFault(run: EvaluationRun, reference: EvaluationRun): boolean {
  const isEndless = ({ end }: EvaluationRun) => end === 'time' || end === 'memory' || end === 'stack';
  if (isEndless(reference)) return isEndless(run);
  if (run.end !== reference.end) return false;
  return run.end === 'recursion' || run.error === reference.error;
}
