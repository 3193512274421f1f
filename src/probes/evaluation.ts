/** The configuration evaluated under limits of time and memory, with what repeats in its trace. */
import { ok } from '../base/problem.ts';
import { configurationText, findConfiguration } from './configuration.ts';
import { evaluate, type Limits, usualLimits } from './evaluate.ts';
import { systemExpression, toplevelExpression } from './nix-expression.ts';
import type { Probe } from './probe.ts';

/** Large configurations take minutes on small machines. */
const limitSec = 600;

/** `limits`: instead of ten minutes and half of the memory that is free. */
export function createEvaluation(limits?: Limits): Probe<'evaluation'> {
  return async (subject, context) => {
    const found = await findConfiguration(subject, context.ports);
    if (!found.ok) return found;
    const configuration = found.value;
    const text = configurationText(configuration);
    context.progress(`evaluates ${text}`);
    const evaluated = await evaluate(
      {
        expression: toplevelExpression(systemExpression(configuration)),
        configuration: text,
        limits: limits ?? usualLimits(context.ports, limitSec),
      },
      context,
    );
    return evaluated.ok ? ok(evaluated.value.run) : evaluated;
  };
}

export const evaluation = createEvaluation();
