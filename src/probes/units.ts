/** Units that have failed, and the jobs of systemd that are under way: a switch waits for one of them. */
import { fail, ok } from '../base/problem.ts';
import { parseFailedUnits, parseJobs } from '../parse/systemctl-lists.ts';
import type { Probe } from './probe.ts';
import { runProgram } from './run-program.ts';

const asRows = ['--plain', '--full', '--no-legend', '--no-pager'] as const;

export const units: Probe<'units'> = async (_, context) => {
  // sd_booted(3).
  const booted = await context.ports.files.ownerSlow('/run/systemd/system');
  if (!booted.ok && booted.problem.kind === 'gone')
    return fail('unsupported', 'systemd', 'this machine was not booted with it');
  const failed = await runProgram(context, ['systemctl', 'list-units', '--failed', ...asRows]);
  if (!failed.ok) return failed;
  const jobs = await runProgram(context, ['systemctl', 'list-jobs', ...asRows]);
  if (!jobs.ok) return jobs;
  for (const { exitCode, stderr } of [failed.value, jobs.value])
    if (exitCode !== 0) return fail('malformed', 'systemctl', stderr[0] ?? `ended with ${exitCode}`);
  return ok({ failed: parseFailedUnits(failed.value.stdout), jobs: parseJobs(jobs.value.stdout) });
};
