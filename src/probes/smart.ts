/** What a disk counts of itself. One that sleeps is not woken; one below dm, md or a partition is found. */
import { fail, ok } from '../base/problem.ts';
import { parseSmartctl, standbyStatus } from '../parse/smartctl.ts';
import { disksBelow } from './block-layers.ts';
import type { Probe } from './probe.ts';
import { runProgram } from './run-program.ts';

const nothing = {
  passed: null,
  model: null,
  temperatureC: null,
  percentUsed: null,
  spareBelowThreshold: null,
  mediaErrors: null,
  reallocated: null,
  pending: null,
  cableErrors: null,
  messages: [],
};

export const smart: Probe<'smart'> = async (subject, context) => {
  const disks = disksBelow(context.ports.files, subject ?? '');
  const [disk] = disks;
  if (disk === undefined) return fail('gone', `/dev/${subject}`, 'no such disk');
  if (disks.length > 1)
    return fail('malformed', `/dev/${subject}`, `lies on several disks: ${disks.join(', ')}`);
  const path = `/dev/${disk}`;
  const command = ['smartctl', '-j', '-n', `standby,${standbyStatus}`, '-a', path] as const;
  const run = await runProgram(context, command, { from: 'smartmontools' });
  if (!run.ok) return run;
  const { stdout, exitCode } = run.value;
  if (exitCode === standbyStatus) return ok({ ...nothing, standby: true, exitStatus: 0 });
  const report = parseSmartctl(stdout.join('\n'));
  if (report === null) return fail('malformed', `smartctl ${path}`, 'no report');
  // `/dev/vda: Unable to detect device type`: which one it is stands before it anyway.
  const said = report.messages[0]?.replace(`${path}: `, '');
  // Bit 0: it does not know how to ask; bit 1: it could not open it.
  if ((report.exitStatus & 1) !== 0) return fail('unsupported', path, said);
  if ((report.exitStatus & 2) !== 0 && report.passed === null)
    return /permission|not permitted/i.test(said ?? '')
      ? fail('denied', path, 'needs root')
      : fail('malformed', path, said);
  return ok({ ...report, standby: false });
};
