/** What `fleet --json` prints: names are stable and carry their unit, null is unknown. */
import type { Fleet, FleetMachine } from '../../model/fleet/machine.ts';
import { findingTitle } from './fleet-words.ts';

const seconds = (value: number | null) => (value === null ? null : Math.round(value * 1000) / 1000);

export function fleetDocument(fleet: Fleet, prometheus: string) {
  return {
    version: 1,
    prometheus,
    time: new Date(fleet.timeMs).toISOString(),
    hasRules: fleet.hasRules,
    unnamed: fleet.unnamed,
    machines: fleet.machines.map(machineFields),
  };
}

function machineFields({ name, state, ageSec, rebuild, pressure, findings, caches, alerts }: FleetMachine) {
  return {
    ...{ name, state, ageSec: seconds(ageSec) },
    rebuild: rebuild && { ...rebuild, ageSec: seconds(rebuild.ageSec) },
    pressure,
    findings: findings?.map((finding) => ({ ...finding, text: findingTitle(finding) })) ?? null,
    caches: caches && { ...caches, ageSec: seconds(caches.ageSec) },
    alerts,
  };
}
