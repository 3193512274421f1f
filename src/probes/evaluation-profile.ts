/** Where an evaluation spends its time: by the profiler that Nix has since 2.30, else by the calls that it counts. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import { createFlamegraphReader, type FileShare, parseCallCounts } from '../parse/evaluation-profile.ts';
import { configurationText, findConfiguration } from './configuration.ts';
import { evaluate, type Limits, usualLimits } from './evaluate.ts';
import { systemExpression, toplevelExpression } from './nix-expression.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

const limitSec = 600;
/** Stacks of a deep evaluation have tens of kilobytes each; ten a second tell enough. */
const samplesPerSec = '10';
const mostCounts = 16 << 20;

export function createEvaluationProfile(limits?: Limits): Probe<'evaluation-profile'> {
  return async (subject, context) => {
    const { ports, stateDirectory } = context;
    if (stateDirectory === undefined)
      return fail('unsupported', 'profile', 'there is no state directory to write it to');
    const found = await findConfiguration(subject, ports);
    if (!found.ok) return found;
    const configuration = found.value;
    const text = configurationText(configuration);
    const profile = `${stateDirectory}/evaluation.profile`;
    const counts = `${stateDirectory}/evaluation.calls.json`;
    const remove = () => Promise.all([ports.ownFiles.remove(profile), ports.ownFiles.remove(counts)]);
    // The directory is made by it, too.
    const made = await ports.ownFiles.replace(profile, '');
    if (!made.ok) return made;
    try {
      context.progress(`evaluates ${text}`);
      const evaluated = await evaluate(
        {
          expression: toplevelExpression(systemExpression(configuration)),
          configuration: text,
          limits: limits ?? usualLimits(ports, limitSec),
          options: [
            ['eval-profiler', 'flamegraph'],
            ['eval-profile-file', profile],
            ['eval-profiler-frequency', samplesPerSec],
          ],
          environment: { NIX_SHOW_STATS: '1', NIX_SHOW_STATS_PATH: counts, NIX_COUNT_CALLS: '1' },
        },
        context,
      );
      if (!evaluated.ok) return evaluated;
      context.progress('reads the profile');
      return await profileOf(evaluated.value.run, profile, counts, context);
    } finally {
      await remove();
    }
  };
}

export const evaluationProfile = createEvaluationProfile();

async function profileOf(
  run: ProbeValues['evaluation'],
  profile: string,
  counts: string,
  context: ProbeContext,
): Promise<Result<ProbeValues['evaluation-profile']>> {
  const byTime = await readFlamegraph(profile, context);
  if (byTime.length > 0) return ok({ run, by: 'time', files: byTime });
  const text = await context.ports.ownFiles.read(counts, { maxBytes: mostCounts });
  const byCalls = text.ok ? parseCallCounts(text.value) : null;
  if (byCalls !== null) return ok({ run, by: 'calls', files: byCalls });
  return run.end === 'done'
    ? fail('unsupported', 'nix-instantiate', 'too short, or this Nix has neither profiler nor statistics')
    : fail(
        'unsupported',
        'nix-instantiate',
        `no profile of what does not end well: Nix before 2.30 (${run.end})`,
      );
}

/** It may have many megabytes: line by line, from a process, so that nobody waits for it. */
async function readFlamegraph(
  path: string,
  { ports, cancelled }: ProbeContext,
): Promise<readonly FileShare[]> {
  const reader = createFlamegraphReader();
  await runProgram({ ports, cancelled }, ['cat', path], {
    onLine(line, stream) {
      if (stream === 'stdout') reader.add(line);
    },
  });
  return reader.end();
}
