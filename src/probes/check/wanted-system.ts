/** The configuration that a target is to get, evaluated under limits: that it evaluates, and what it wants. */
import { fail, ok, type Result } from '../../base/problem.ts';
import type { Evaluated } from '../../model/advice/deploy-facts.ts';
import { parseWantedSystem } from '../../parse/wanted-system.ts';
import { type Configuration, configurationText, findConfiguration } from '../configuration.ts';
import { type Evaluation, evaluate, usualLimits } from '../evaluate.ts';
import { systemExpression } from '../nix-expression.ts';
import type { ProbeContext } from '../probe.ts';
import { storeRefusal } from './dry-run.ts';
import { wantedExpression } from './wanted-expression.ts';

/** Large configurations take minutes on small machines. */
const limitSec = 600;

/** `flake`: absolute; without `#name` it is the one that is called as the target is. */
export async function readWantedSystem(
  flake: string,
  host: string,
  context: ProbeContext,
): Promise<Result<Evaluated>> {
  const found = await findConfiguration(flake, context.ports);
  if (!found.ok) return found;
  const named = found.value;
  const isUnnamed = named.kind === 'flake' && !flake.includes('#');
  const name = nameOf(host);
  if (isUnnamed && name === null)
    return fail('unsupported', flake, `an address names no configuration: --flake ${flake}#NAME`);
  const configuration: Configuration = isUnnamed && name !== null ? { ...named, host: name } : named;
  const text = configurationText(configuration);
  context.progress(`evaluates ${text}`);
  const system = systemExpression(configuration);
  const evaluation = (whole: boolean): Evaluation => ({
    expression: wantedExpression(system, whole),
    configuration: text,
    limits: usualLimits(context.ports, limitSec),
    json: true,
  });
  const whole = await evaluate(evaluation(true), context);
  if (!whole.ok) return whole;
  const refused = storeRefusal(whole.value);
  if (refused !== null) return fail('denied', 'the store', refused);
  const { run, said, value } = whole.value;
  if (value !== null) return ok({ run, said, system: parseWantedSystem(value) });
  // An assertion or one broken package leaves much that can still be said.
  if (run.end !== 'failed') return ok({ run, said, system: null });
  const parts = await evaluate(evaluation(false), context);
  const told = parts.ok ? parts.value.value : null;
  return ok({ run, said, system: told === null ? null : parseWantedSystem(told) });
}

/** `web` of `root@web.example.org`, `ssh://root@web:2222`; null of an address. */
function nameOf(host: string): string | null {
  const name = host.replace(/^ssh:\/\//, '').replace(/^.*@/, '');
  if (/^\d+(?:\.\d+){3}(?::|$)|^\[|:.*:/.test(name)) return null;
  return /^[^.:/]+/.exec(name)?.[0] ?? null;
}
