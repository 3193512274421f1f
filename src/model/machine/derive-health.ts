/** States and error counters of devices and file systems: what is new since they were first counted here. */
import type { Health, HealthRaw, NewErrors } from '../diagnosis/health.ts';
import type { Notice } from '../diagnosis/notice.ts';

/** Errors as they were counted first, and monotonic ms of the last change. */
interface Counted {
  readonly first: number;
  readonly last: number;
  readonly atMs: number | null;
}

export interface HealthCarry {
  readonly errors: ReadonlyMap<string, Counted>;
  readonly hungTasks: number | null;
}

const mostNotices = 100;

export function deriveHealth(
  raw: HealthRaw,
  atMs: number,
  before: HealthCarry | null,
): { readonly health: Health; readonly carry: HealthCarry } {
  const errors = new Map<string, Counted>();
  const count = (key: string, value: number | null): NewErrors => {
    const known = before?.errors.get(key);
    if (value === null) {
      if (known !== undefined) errors.set(key, known);
      return { newErrors: null, newErrorMs: null };
    }
    const counted =
      // A counter that went back is another device of the same name.
      known === undefined || value < known.last
        ? { first: value, last: value, atMs: null }
        : { first: known.first, last: value, atMs: value > known.last ? atMs : known.atMs };
    errors.set(key, counted);
    return { newErrors: value - counted.first, newErrorMs: counted.atMs };
  };
  const { kernel } = raw;
  const hungTasks = before?.hungTasks ?? kernel.hungTasks;
  const health: Health = {
    ...raw,
    kernel: {
      ...kernel,
      newHungTasks: kernel.hungTasks === null || hungTasks === null ? null : kernel.hungTasks - hungTasks,
    },
    devices: raw.devices.map((one) => ({
      ...one,
      ...count(`device ${one.device}`, sum(one.ioErrors, one.ioTimeouts)),
    })),
    filesystems: raw.filesystems.map((one) => ({ ...one, ...count(`${one.type} ${one.name}`, one.errors) })),
  };
  return { health, carry: { errors, hungTasks } };
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}

/** What we ended is told by the action at once, and once more by the journal of actions. */
function isOwnTold(one: Notice, before: readonly Notice[]): boolean {
  return (
    one.kind === 'own-kill' &&
    before.some((old) => old.kind === one.kind && old.pid === one.pid && old.timeMs === one.timeMs)
  );
}

/** The clock of the kernel's log drifts from ours by so much at most, between two who read the same line. */
const sameLineMs = 5 * 60_000;

/**
 * `untilMs`: time of the look that told `before`. Who begins to look reads the last minutes of the kernel's log anew
 * (samplers/kernel-lines.ts), and goes on from a recording that has them: each line counts once.
 */
export function appendNotices(
  before: readonly Notice[],
  added: readonly Notice[] | null,
  untilMs: number,
): readonly Notice[] {
  if (added === null || added.length === 0) return before;
  const known = before.slice();
  const fresh = added.filter((one) => {
    if (isOwnTold(one, before)) return false;
    if (one.timeMs >= untilMs) return true;
    const at = known.findIndex(
      ({ text, timeMs }) => text === one.text && Math.abs(timeMs - one.timeMs) < sameLineMs,
    );
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
  return fresh.length === 0 ? before : [...before, ...fresh].slice(-mostNotices);
}
