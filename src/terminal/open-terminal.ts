/** The terminal for the time of the dashboard: session, frames, resizes, Ctrl-Z and every way out. */
import type { EventEmitter } from 'node:events';
import { keepConsole } from './console.ts';
import { createDumbWriter } from './dumb-writer.ts';
import { createFrameWriter, type FrameWriter } from './frame-writer.ts';
import { createHangUp, type HangUpOptions } from './hang-up.ts';
import { InkStdout } from './ink-stdout.ts';
import { createSession, type TerminalInput, type TerminalOutput } from './session.ts';
import { watchSuspension } from './suspend.ts';
import { signalCodes, type WayOut, watchWaysOut } from './ways-out.ts';

export interface OpenTerminalOptions {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  /** `process`, or a stand-in. */
  readonly process: EventEmitter & { kill(pid: number, signal: string): unknown };
  after(ms: number, call: () => void): () => void;
  /** TERM=dumb: frames are printed one below the other, without any sequence. */
  readonly dumb?: boolean;
  /** TERM=linux: a text console, which the kernel writes on as well. */
  readonly console?: boolean;
  /** What SIGHUP asks for while our terminal is there; without it that ends us. */
  readonly reload?: {
    /** How we stand to the terminal that controls us, now. */
    terminal: HangUpOptions['terminal'];
    call(): void;
  };
  /** Rests from Ctrl-Z to fg: who was stopped on purpose has not been late. */
  readonly loop?: { start(): void; stop(): void };
}

export interface OpenTerminal {
  /** What Ink renders into. */
  readonly inkStdout: InkStdout;
  /** The rows of a frame, without Ink. */
  show(rows: readonly string[]): void;
  readonly columns: number;
  readonly rows: number;
  /** Called after the size changed and before Ink hears of it. */
  onResize(call: (columns: number, rows: number) => void): void;
  redraw(): void;
  /** Somebody else has written on a console. */
  refresh(): void;
  suspend(): void;
  /** Gives the terminal to somebody else until the returned function is called; keys come as they did. */
  lend(): () => void;
  /** Gives the terminal back at once; the first way out counts. */
  leave(way: WayOut): void;
  readonly left: Promise<WayOut>;
  /**
   * Takes the handlers of signals off, once nothing is left to do: Ink's own (signal-exit) ends the process
   * at once where it finds itself the only one.
   */
  close(): void;
  readonly written: FrameWriter['written'];
}

export function openTerminal(options: OpenTerminalOptions): OpenTerminal {
  const { stdin, stdout, dumb = false } = options;
  const session = createSession(stdin, stdout, dumb);
  let size = session.size();
  const write = (text: string, done: () => void) => void stdout.write(text, () => done());
  const writer = dumb
    ? createDumbWriter({ write, after: options.after })
    : createFrameWriter({ ...size, write });
  const inkStdout = new InkStdout(size.rows, writer.show);
  const resized: ((columns: number, rows: number) => void)[] = [];
  const { promise: left, resolve } = Promise.withResolvers<WayOut>();
  let open = true;
  let lent = false;

  function resize(): void {
    const { columns, rows } = session.size();
    if (columns === size.columns && rows === size.rows) return;
    size = { columns, rows };
    writer.resize(columns, rows);
    inkStdout.rows = rows;
    for (const call of resized) call(columns, rows);
    // React has drawn the new size by then, so Ink's own answer to a resize changes nothing.
    setImmediate(() => inkStdout.emit('resize'));
  }

  const suspension = watchSuspension({
    process: options.process,
    after: options.after,
    giveBack() {
      options.loop?.stop();
      writer.pause();
      session.restore();
    },
    takeBack() {
      // Somebody else has it: continued by another hand than fg's, we stay away.
      if (lent) return void options.loop?.start();
      session.setUp();
      session.refreshSize();
      writer.redraw();
      options.loop?.start();
    },
  });

  const refresh = () => {
    if (options.console === true) writer.refresh();
  };
  const endConsole = options.console === true ? keepConsole({ after: options.after, refresh }) : () => {};

  function leave(way: WayOut): void {
    if (!open) return;
    open = false;
    endConsole();
    if (way.terminalGone) session.abandon();
    writer.pause();
    session.restore();
    suspension.close();
    hangUp?.close();
    stdout.off('resize', resize);
    // What is still under way to a terminal that is gone must not end us again.
    stdout.on('error', () => {});
    stdin.on('error', () => {});
    resolve(way);
  }

  const hangUp =
    options.reload &&
    createHangUp({
      ...{ after: options.after, terminal: options.reload.terminal, reload: options.reload.call },
      gone: () => leave({ exitCode: signalCodes.SIGHUP }),
    });
  const stopWatching = watchWaysOut({
    ...{ process: options.process, stdin, stdout, leave, hangUp: hangUp?.signalled },
  });
  stdout.on('resize', resize);
  session.setUp();
  return {
    inkStdout,
    show: writer.show,
    ...size,
    onResize: (call) => resized.push(call),
    redraw: () => writer.redraw(),
    refresh,
    suspend: suspension.suspend,
    lend() {
      writer.pause();
      session.restore();
      lent = true;
      return () => {
        if (!lent || !open) return;
        lent = false;
        session.setUp();
        session.refreshSize();
        writer.redraw();
      };
    },
    leave,
    left,
    close: stopWatching,
    written: writer.written,
  };
}
