/**
 * What is true after a switch that did not end well. Exit 4 of switch-to-configuration is only that units failed: the new
 * configuration runs, and is what the next boot starts. One that failed in its activation leaves the old one.
 */
import { restartingUnits } from '../../logs/restarting-units.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { FollowedRebuild } from '../../model/rebuild/followed.ts';
import type { Rebuild } from '../../model/rebuild/rebuild.ts';
import type { ToolStep } from '../../model/rebuild/tool-step.ts';
import { pro } from '../judgement.ts';

/** Steps that follow the activation script, whose last act is to set /run/current-system. */
const afterScript: ReadonlySet<ToolStep> = new Set([
  'restarting-systemd',
  'reloading-users',
  'reloading',
  'restarting',
  'starting',
  'done',
]);

export function endedSwitch(followed: FollowedRebuild): readonly FindingDraft[] {
  const { rebuild } = followed;
  const { ended, steps, toolFailures, output } = rebuild;
  if (ended === null || ended.exitCode === 0) return [];
  const reasons = new Set(toolFailures.map(({ reason }) => reason));
  const switched = steps.some(({ step }) => step === 'activating' || afterScript.has(step));
  if (!switched || !(reasons.has('units') || reasons.has('activation'))) return [];
  const failedUnits = [
    ...new Set(toolFailures.flatMap(({ reason, names }) => (reason === 'units' ? names : []))),
  ];
  const again = restartingUnits(output);
  const restarting = failedUnits.filter((unit) => again.has(unit));
  const running = runningOf(rebuild);
  const bootDefault = bootDefaultOf(followed);
  const exitCode =
    ended.exitCode ?? toolFailures.findLast(({ reason }) => reason === 'command')?.code ?? null;
  const onlyRestarts = failedUnits.length > 0 && restarting.length === failedUnits.length;
  return [
    {
      subject: { kind: 'rebuild', rebuild: followed.id },
      level: running === 'old' ? 'critical' : onlyRestarts ? 'ok' : 'warning',
      state: 'confirmed',
      found: { kind: 'switch-incomplete', running, bootDefault, failedUnits, restarting, exitCode },
      evidence: [
        pro('failures.exitCode', exitCode, 'none'),
        ...failedUnits.slice(0, 3).map((unit) => pro('failures.unit', unit, 'text')),
      ],
      sinceMs: null,
    },
  ];
}

/** Units are restarted only when the script was done. */
function runningOf({ steps, toolFailures }: Rebuild): 'new' | 'old' | null {
  if (toolFailures.some(({ reason }) => reason === 'units')) return 'new';
  if (steps.some(({ step }) => afterScript.has(step))) return 'new';
  return toolFailures.some(({ reason }) => reason === 'activation') ? 'old' : null;
}

/** nixos-rebuild sets the profile and writes the bootloader before it activates, `test` never, nh afterwards. */
function bootDefaultOf({ command, origin, rebuild }: FollowedRebuild): 'new' | 'old' | null {
  const words = command?.split(' ') ?? (origin.kind === 'command' ? origin.words : []);
  const { steps, toolFailures } = rebuild;
  if (toolFailures.some(({ reason }) => reason === 'bootloader')) return null;
  if (steps.some(({ step }) => step === 'bootloader')) return 'new';
  if (words.some((word) => word === 'test' || word === 'dry-activate')) return 'old';
  if (words.some((word) => /(?:^|\/)nh$/.test(word))) return 'old';
  return words.includes('switch') ? 'new' : null;
}
