/** Which machine needs somebody, and which one first. */
import {
  type FleetAlert,
  type FleetFinding,
  type FleetMachine,
  type MachineState,
  machineStates,
} from './machine.ts';

/** They say that a machine is gone, as `gone` does. */
const goneAlerts = ['NixpulseExportMissing', 'NixpulseExportStale'];

/**
 * Of several reasons the worst. A shortage of CPU is none, and no other that is a warning: a rebuild is meant to use the
 * machine, and where it lasts an alert says so. A finding that is only possible weighs one level less.
 */
export function machineState(
  { pressure, findings, caches, alerts, rebuild }: Omit<FleetMachine, 'state'>,
  isKnown: boolean,
): MachineState {
  const levels = [
    ...(alerts?.named ?? []).map(alertLevel),
    ...(findings ?? []).map(findingLevel),
    ...(pressure ?? []).map(({ resource, level }) =>
      level !== 'critical' || resource === 'cpu' ? 'ok' : resource === 'memory' ? 'critical' : 'warning',
    ),
    (caches?.failed ?? []).some((check) => check !== 'hit') ? 'warning' : 'ok',
  ];
  if (levels.includes('critical')) return 'critical';
  if (levels.includes('warning')) return 'warning';
  if (!isKnown) return 'gone';
  const verdict = rebuild?.verdict;
  return verdict === 'stuck' || verdict === 'slow' ? verdict : 'ok';
}

function alertLevel({ name, severity }: FleetAlert): MachineState {
  if (goneAlerts.includes(name) || severity === 'info' || severity === 'none') return 'ok';
  return severity === 'critical' ? 'critical' : 'warning';
}

function findingLevel({ level, state }: FleetFinding): MachineState {
  if (level === 'ok') return 'ok';
  const isSure = state !== 'possible';
  if (level === 'critical') return isSure ? 'critical' : 'warning';
  return isSure ? 'warning' : 'ok';
}

/** Names as people count: `web-9` before `web-10`. */
const names = new Intl.Collator('en', { numeric: true });

export function byName(a: FleetMachine, b: FleetMachine): number {
  return names.compare(a.name, b.name);
}

export function byNeed(a: FleetMachine, b: FleetMachine): number {
  return (
    machineStates.indexOf(a.state) - machineStates.indexOf(b.state) ||
    weight(b) - weight(a) ||
    (b.alerts?.firing ?? 0) - (a.alerts?.firing ?? 0) ||
    byName(a, b)
  );
}

/** How many kinds of sources speak of it. */
function weight({ alerts, findings, pressure }: FleetMachine): number {
  const isCritical = [
    alerts?.named[0]?.severity === 'critical',
    findings?.[0]?.level === 'critical',
    pressure?.[0]?.level === 'critical' && pressure[0].resource !== 'cpu',
  ];
  return isCritical.filter(Boolean).length;
}
