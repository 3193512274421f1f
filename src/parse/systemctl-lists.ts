/** `systemctl list-units --failed` and `list-jobs`, with `--plain --full --no-legend`: a row each, in columns. */
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';

type Units = ProbeValues['units'];

const most = 200;

/** `nix-gc.service loaded failed failed Nix Garbage Collector` (systemctl(1)); a mark (`●`) may stand before it. */
export function parseFailedUnits(lines: readonly string[]): Units['failed'] {
  return lines
    .flatMap((line) => {
      const [, unit, active] = /^(?:[^\w\\-]\s)?\s*(\S+\.\w+)\s+\S+\s+(\S+)\s+\S+/.exec(line) ?? [];
      return unit === undefined || active === undefined ? [] : { unit, state: active };
    })
    .slice(0, most);
}

/** `1234 nix-gc.service start running`: job, unit, type, `waiting` or `running`. */
export function parseJobs(lines: readonly string[]): Units['jobs'] {
  return lines
    .flatMap((line) => {
      const [, unit, type, state] = /^\s*\d+\s+(\S+\.\w+)\s+(\S+)\s+(waiting|running)\s*$/.exec(line) ?? [];
      return unit === undefined || type === undefined || state === undefined ? [] : { unit, type, state };
    })
    .slice(0, most);
}
