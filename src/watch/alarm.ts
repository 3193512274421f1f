/** Looks at once when the kernel says that memory or a disk stalls, instead of with the next tick. */
import type { Clock, PressureTriggers } from '../platform/ports.ts';

export interface AlarmOptions {
  readonly triggers: PressureTriggers;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** One look out of turn. */
  readonly look: () => void;
  /** Monotonic ms of the last look. */
  readonly lookedMs: () => number;
}

export interface Alarm {
  /** Where the kernel has no triggers for us, ticks have to do. */
  begin(): Promise<void>;
  /** Resolves when the waiting thread is back. */
  end(): Promise<void>;
}

/** Between two looks out of turn. */
const everyMs = 1000;
/** Rates over less than this are noise. */
const freshMs = 150;

export function createAlarm({ triggers, clock, look, lookedMs }: AlarmOptions): Alarm {
  let watching: { close(): Promise<void> } | null = null;
  let ended = false;
  let lastMs = Number.NEGATIVE_INFINITY;

  function ring(): void {
    const nowMs = clock.monotonic();
    if (ended || nowMs - lastMs < everyMs || nowMs - lookedMs() < freshMs) return;
    lastMs = nowMs;
    look();
  }

  return {
    async begin() {
      const begun = await triggers.watch(ring);
      if (!begun.ok) return;
      watching = begun.value;
      if (ended) await watching.close();
    },
    async end() {
      ended = true;
      await watching?.close();
    },
  };
}
