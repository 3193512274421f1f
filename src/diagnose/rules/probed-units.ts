/** What systemd says to a probe: a switch that was left over, units of Nix that have failed, jobs that are waited for. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { ProbeValues } from '../../model/diagnosis/probe-values.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import { pro } from '../judgement.ts';
import type { Scene } from '../rule.ts';

/** In a unit of this name nixos-rebuild switches, and no second one is started while it is there. */
export const switchUnit = /switch-to-configuration/;
const ofNix = /^(?:nix-|nixos-|home-manager)/;
/** Without it nobody builds. */
const daemon = /^nix-daemon\.(?:service|socket)$/;

/** Null: not asked, or too long ago. */
export function askedUnits({
  model,
  thresholds,
}: Pick<Scene, 'model' | 'thresholds'>): ProbeValues['units'] | null {
  const asked = resultOf(model.probes, 'units');
  if (asked?.ok !== true || model.timeMs - asked.endedMs >= thresholds.askedSec * 1000) return null;
  return asked.value;
}

export function probedUnits(scene: Scene): readonly FindingDraft[] {
  const asked = askedUnits(scene);
  if (asked === null) return [];
  const failed = asked.failed.filter(({ unit }) => ofNix.test(unit));
  const others = failed.filter(({ unit }) => !switchUnit.test(unit));
  const leftOver = failed.filter(({ unit }) => switchUnit.test(unit));
  return [
    ...leftOver.map(
      ({ unit, state }): FindingDraft => ({
        subject: { kind: 'unit', unit },
        level: 'warning',
        state: 'confirmed',
        found: { kind: 'switch-left-over', unit, waiterPid: null },
        evidence: [saidOf({ unit, state })],
        sinceMs: null,
      }),
    ),
    ...(others.length === 0
      ? []
      : [
          {
            subject: { kind: 'machine' },
            level: others.some(({ unit }) => daemon.test(unit)) ? 'critical' : 'warning',
            state: 'confirmed',
            found: { kind: 'units-failed', units: others.map(({ unit }) => unit) },
            evidence: others.slice(0, 3).map(saidOf),
            sinceMs: null,
          } satisfies FindingDraft,
        ]),
  ];
}

function saidOf({ unit, state }: ProbeValues['units']['failed'][number]) {
  return pro('probe.units.failed', `${unit} ${state}`, 'text');
}
