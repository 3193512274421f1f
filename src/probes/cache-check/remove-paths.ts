/** Takes paths out of the store again that a check has brought into it, and nothing else: what is in use stays. */
import { isStorePath } from '../../model/nix-store/store-path.ts';
import type { Brought } from '../../parse/remains-file.ts';
import { within } from '../check/within.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';

type Environment = Readonly<Record<string, string>>;

/** Those of them that are paths of the store and that it does not have. Null: it cannot be asked. */
export async function absentOf(
  named: readonly string[],
  environment: Environment,
  context: ProbeContext,
): Promise<readonly string[] | null> {
  const paths = named.filter(isStorePath);
  if (paths.length === 0) return [];
  const asked = await runProgram(context, ['nix-store', '--check-validity', '--print-invalid', ...paths], {
    environment,
    from: 'nix',
  });
  if (!asked.ok || asked.value.exitCode !== 0) return null;
  const invalid = new Set(asked.value.stdout);
  return paths.filter((path) => invalid.has(path));
}

async function validOf(paths: readonly string[], environment: Environment, context: ProbeContext) {
  const absent = await absentOf(paths, environment, context);
  return absent === null ? null : paths.filter((path) => !absent.includes(path));
}

/** `paths`: what others need before them. Those that are left. */
export async function removePaths(
  paths: readonly string[],
  ms: number,
  environment: Environment,
  context: ProbeContext,
): Promise<readonly string[]> {
  const there = (await validOf(paths, environment, context)) ?? paths;
  if (there.length === 0) return [];
  context.progress('removes what it has fetched');
  await within(ms, 'nix-store --delete', context, async (bounded) => {
    const all = await remove(there, environment, bounded);
    if (!all.ok || all.value.exitCode === 0) return all;
    // One that is in use keeps the others: each by itself, who needs it first.
    for (const path of there.toReversed()) {
      if (bounded.cancelled.aborted) break;
      await remove([path], environment, bounded);
    }
    return all;
  });
  return (await validOf(there, environment, context)) ?? there;
}

/** Never with --ignore-liveness: Nix refuses what is a root, is open, or is needed by anything else. */
function remove(paths: readonly string[], environment: Environment, context: ProbeContext) {
  return runProgram(context, ['nix-store', '--delete', ...paths], { environment, from: 'nix' });
}

const slackMs = 1000;

/** Of what a run that was killed may have brought: what came into the store while it ran. */
export async function broughtBy(
  { fromMs, untilMs, paths }: Brought,
  { ports: { files } }: Pick<ProbeContext, 'ports'>,
): Promise<readonly string[]> {
  const owners = await Promise.all(paths.map((path) => files.ownerSlow(path, { deadlineMs: 3000 })));
  return paths.filter((_, at) => {
    const owner = owners[at];
    if (!owner?.ok) return false;
    const { bornMs, changedMs } = owner.value;
    const cameMs = bornMs === 0 ? changedMs : bornMs;
    return cameMs >= fromMs - slackMs && cameMs <= untilMs + slackMs;
  });
}
