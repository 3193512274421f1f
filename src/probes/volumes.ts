/** What LVM says of its volumes: how full thin pools and snapshots are, and whether the groups' metadata is sound. */
import { fail, ok } from '../base/problem.ts';
import { parseBadMetadata, parseLogicalVolumes, parseVolumeGroups } from '../parse/lvm-report.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

const from = 'lvm2';
/** A lock that somebody holds is not waited for: he may be what hangs. */
const hurried = ['--config', 'global{wait_for_locks=0}'] as const;
const asJson = ['--reportformat', 'json', ...hurried] as const;
const columns = 'vg_name,lv_name,data_percent,metadata_percent,lv_health_status,lv_suspended';
/** Our own files are open while it starts, and it would complain of them. */
const options = { from, environment: { LVM_SUPPRESS_FD_WARNINGS: '1' } };
const mostGroups = 50;

export const volumes: Probe<'volumes'> = async (_, context) => {
  const missing = context.ports.native.missing('administer');
  if (missing.length > 0) return fail('denied', 'lvs', `needs ${missing.join(', ')}`);
  const lvs = await report(['lvs', ...asJson, '-o', columns], context);
  if (!lvs.ok) return lvs;
  const logical = parseLogicalVolumes(lvs.value.stdout);
  if (logical === null) return fail('malformed', 'lvs', 'no report');
  const vgs = await report(['vgs', ...asJson, '-o', 'vg_name'], context);
  if (!vgs.ok) return vgs;
  const names = parseVolumeGroups(vgs.value.stdout);
  if (names === null) return fail('malformed', 'vgs', 'no report');
  const groups = parseBadMetadata(vgs.value.stderr).map((name) => ({ name, ok: false }));
  for (const name of names.slice(0, mostGroups)) {
    const checked = await runProgram(context, ['vgck', ...hurried, name], options);
    if (!checked.ok) return checked;
    groups.push({ name, ok: checked.value.exitCode === 0 });
  }
  return ok({ groups, logical });
};

async function report(command: readonly [string, ...string[]], context: ProbeContext) {
  const run = await runProgram(context, command, options);
  if (!run.ok) return run;
  const { exitCode, stdout, stderr } = run.value;
  if (exitCode !== 0) return fail('malformed', command[0], stderr.at(-1) ?? `ended with ${exitCode}`);
  return ok({ stdout: stdout.join('\n'), stderr });
}
