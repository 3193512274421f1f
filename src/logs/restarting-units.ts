/**
 * Units that systemd starts again by itself, by the `systemctl status` that switch-to-configuration prints of those that
 * failed: between two starts such a unit is `activating (auto-restart)`, and counts as failed when it is asked at that moment.
 */

/** `× a.service - Thing`, `● a.service`; systemctl(1), `status`. */
const head = /^\s*[●×○*↻]\s+(\S+\.\w+)(?:\s|$)/;

/** `output`: the last lines of the tool. */
export function restartingUnits(output: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  let unit: string | null = null;
  for (const line of output) {
    unit = head.exec(line)?.[1] ?? unit;
    if (unit !== null && /^\s*Active: activating \(auto-restart\)/.test(line)) found.add(unit);
  }
  return found;
}
