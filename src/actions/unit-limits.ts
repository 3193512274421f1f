/** What systemd holds a unit to (systemd.resource-control(5)): read, and set until the next boot. */
import { fail, ok, type Result } from '../base/problem.ts';
import { unitProperties } from '../parse/lowered-file.ts';
import type { Spawn } from '../platform/ports.ts';

const properties = [...unitProperties, 'CPUWeight'] as const;
export type UnitProperty = (typeof properties)[number];

export interface UnitLimits {
  /** From the root of the hierarchy; empty while it does not run. */
  readonly cgroup: string;
  /** As `set-property` takes them: `infinity`, bytes; empty: not set. */
  readonly values: Readonly<Record<UnitProperty, string>>;
}

const patienceMs = 10_000;

export async function readUnitLimits(unit: string, spawn: Spawn): Promise<Result<UnitLimits>> {
  const names = ['ControlGroup', ...properties].join(',');
  const text = await systemctl(['show', `--property=${names}`, unit], spawn);
  if (!text.ok) return text;
  const rows = new Map(
    text.value.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
  const textOf = (name: string) => {
    const value = rows.get(name) ?? '';
    return /^[a-z0-9]+$/.test(value) ? value : '';
  };
  return ok({
    cgroup: rows.get('ControlGroup') ?? '',
    values: {
      MemoryHigh: textOf('MemoryHigh'),
      IOWeight: textOf('IOWeight'),
      CPUWeight: textOf('CPUWeight'),
    },
  });
}

/** Runtime only: of what we forget the next boot knows nothing. */
export async function setUnitLimits(
  unit: string,
  values: readonly (readonly [UnitProperty, string])[],
  spawn: Spawn,
): Promise<Result<void>> {
  const words = values.map(([property, value]) => `${property}=${value}`);
  const set = await systemctl(['--runtime', 'set-property', unit, ...words], spawn);
  return set.ok ? ok(undefined) : set;
}

async function systemctl(args: readonly string[], spawn: Spawn): Promise<Result<string>> {
  const run = await spawn.run('systemctl', ['--no-ask-password', ...args], { timeoutMs: patienceMs });
  if (!run.ok) return run;
  const { exitCode, stdout, stderr } = run.value;
  if (exitCode === 0) return ok(stdout);
  const said = stderr.split('\n').find((line) => line.trim() !== '');
  return fail('malformed', 'systemctl', said ?? `exit code ${exitCode}`);
}
