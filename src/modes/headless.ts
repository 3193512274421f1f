/** A watcher without a screen until a signal ends it: what recording and guarding have in common. */

import type { Model } from '../model/model.ts';
import { type TerminalStanding, terminalStanding } from '../platform/controlling-terminal.ts';
import type { Clock } from '../platform/ports.ts';
import type { Source } from '../samplers/source.ts';
import { createHangUp } from '../terminal/hang-up.ts';
import { type Survival, survive, unmetRequirement } from '../watch/survive.ts';
import type { Watcher, WatchHealth } from '../watch/watcher.ts';
import type { GuardService } from './guard/guard-service.ts';

/** What guards beside it. */
export interface HeadlessGuard extends Pick<GuardService, 'looked' | 'ready'> {
  end(): Promise<void>;
  /** SIGHUP, unless the terminal is gone. */
  reload?(): void;
  /** Everything that an act takes once, where nobody is touched. */
  rehearse(): Promise<void>;
}

export interface HeadlessOptions {
  readonly clock: Clock;
  readonly sources: readonly Source[];
  /** What keeps us alive in a freeze; without it nothing is done for that. */
  readonly survival?: Survival;
  /** Where signals arrive. */
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly say: (line: string) => void;
  /** How we stand to the terminal that controls us, now: what is asked by SIGHUP. */
  readonly standing?: () => TerminalStanding;
}

export interface HeadlessRun {
  readonly watcher: Watcher;
  readonly guard?: HeadlessGuard | undefined;
  /** After the first look. */
  readonly begun?: () => void;
  /** SIGHUP, unless the terminal is gone, or the guard has its own; without it that ends us, as other signals do. */
  readonly reload?: () => void;
  readonly looked?: (model: Model, health: WatchHealth) => void;
  /** The disk ended the recording: the exit code where that ends all of it, null where the rest goes on. */
  readonly recorderStopped?: (reason: string) => number | null;
  /** The watcher has ended; resolves with the exit code. */
  readonly ended: (code: number) => Promise<number>;
}

/** 128 + the signal's number, as shells say it. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** By then samples were taken, derived and judged or written: whatever that needs is in memory, and stays. */
const rehearsedMs = 2500;
/** Every source is read within it, and what was recorded is written. */
const tickMs = 1000;

/** Closes the sources. Exit code 3 where `--harden=require` lacks something. */
export async function runHeadless(options: HeadlessOptions, start: () => HeadlessRun): Promise<number> {
  const { clock, process, say, survival } = options;
  const unmet = survival && (await unmetRequirement(survival));
  if (unmet) {
    for (const source of options.sources) source.close();
    say(unmet);
    return 3;
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const run = start();
  const { watcher, guard, recorderStopped } = run;
  const reload = guard?.reload ?? run.reload;
  const hangUp =
    reload &&
    createHangUp({
      ...{ after: clock.after.bind(clock), reload, gone: () => end(signals.SIGHUP) },
      terminal: options.standing ?? terminalStanding,
    });
  const handlers = Object.entries(signals).map(([signal, code]) => {
    return [signal, signal === 'SIGHUP' && hangUp ? hangUp.signalled : () => end(code)] as const;
  });
  for (const [signal, handler] of handlers) process.on(signal, handler);

  watcher.listen({
    looked(model, health) {
      guard?.looked(model);
      run.looked?.(model, health);
    },
    recorderStopped(reason) {
      const code = recorderStopped?.(reason) ?? null;
      if (code !== null) end(code);
    },
  });
  watcher.wantAll();
  watcher.look();
  run.begun?.();
  watcher.begin();
  /** The next tick uses what looking takes: after the start was let go of, it comes back. */
  const rehearse = async () => {
    if (guard !== undefined) await guard.rehearse();
    await new Promise<void>((resolve) => clock.after(tickMs, resolve));
  };
  const cancelHardening = clock.after(
    rehearsedMs,
    () => void survive(survival, rehearse, 'all').then(() => guard?.ready()),
  );

  const code = await ended;
  cancelHardening();
  hangUp?.close();
  if (guard !== undefined) await guard.end();
  await watcher.end();
  const exitCode = await run.ended(code);
  for (const [signal, handler] of handlers) process.off(signal, handler);
  return exitCode;
}
