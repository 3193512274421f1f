/** Every way in which the dashboard ends, each leading to one call with the exit code. */
import type { EventEmitter } from 'node:events';

export interface WayOut {
  readonly exitCode: number;
  /** Printed once the terminal is given back. */
  readonly error?: unknown;
  /** The terminal is gone: there is nobody to print to. */
  readonly terminalGone?: boolean;
}

export interface WaysOutOptions {
  /** `process`, or a stand-in. */
  readonly process: EventEmitter;
  readonly stdin: EventEmitter;
  readonly stdout: EventEmitter;
  /** By SIGHUP; without it that ends us, as other signals do. */
  readonly hangUp?: (() => void) | undefined;
  /** Called once, synchronously in the handler: after a signal there may be no later. */
  leave(way: WayOut): void;
}

/** 128 + the signal's number, as shells say it. */
export const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

/** Returns a function that takes all handlers off again. */
export function watchWaysOut(options: WaysOutOptions): () => void {
  const { leave } = options;
  const crash = (error: unknown) => leave({ exitCode: 1, error });
  const hangUp = () => leave({ exitCode: signalCodes.SIGHUP, terminalGone: true });
  const handlers: [EventEmitter, string, (argument: unknown) => void][] = [
    [options.process, 'uncaughtException', crash],
    [options.process, 'unhandledRejection', crash],
    [options.process, 'exit', () => leave({ exitCode: 0 })],
    // EPIPE, EIO; the end of a terminal's input is a hang-up too.
    [options.stdout, 'error', hangUp],
    [options.stdin, 'error', hangUp],
    [options.stdin, 'end', hangUp],
  ];
  for (const [signal, exitCode] of Object.entries(signalCodes)) {
    const own = signal === 'SIGHUP' ? options.hangUp : undefined;
    handlers.push([options.process, signal, own ?? (() => leave({ exitCode }))]);
  }
  for (const [emitter, event, handler] of handlers) emitter.on(event, handler);
  return () => {
    for (const [emitter, event, handler] of handlers) emitter.off(event, handler);
  };
}
