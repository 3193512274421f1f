/** A watched rebuild in the dashboard, which lets go of the terminal while the command asks a person. */
import { PassThrough } from 'node:stream';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { WatchedCommand } from '../../model/ui/watched-command.ts';
import type { TerminalInput } from '../../terminal/session.ts';
import type { SourceSet } from '../../watch/sources.ts';
import { runDashboard, type ScreenBeside } from '../dashboard/dashboard.tsx';
import { dashboardOf } from '../dashboard.ts';
import type { Given } from '../mode.ts';
import { type Asking, createAsking } from './asking.ts';
import type { Outcome } from './outcome.ts';
import type { Watched, WatchedEnd } from './watched.ts';

export interface OnScreen {
  /** To be shown: what it was asked, and what came of that. */
  show(command: WatchedCommand, notice: string): void;
  /** What was done beside its keys. */
  acted(entry: JournalEntry): void;
  /** Resolves once the terminal is given back; `over`: with the end of what is watched, else with our own. */
  run(sources: SourceSet): Promise<{ readonly over: boolean; readonly end: WatchedEnd }>;
  /** What the command wrote to its terminal and nobody has seen. */
  close(): string;
}

export interface OnScreenOptions {
  readonly given: Given;
  readonly watched: Watched;
  readonly outcome: Outcome;
  readonly tool: string;
  /** Where keys come from: a terminal. */
  readonly keyboard: TerminalInput & NodeJS.ReadableStream;
  /** Ctrl-C, and `q` after its question. */
  readonly interrupt: () => void;
}

/** What asks at once, or ends at once, does so before the screen is taken. */
const settleMs = 300;

export function createOnScreen(options: OnScreenOptions): OnScreen {
  const { given, watched, outcome, tool, keyboard, interrupt } = options;
  const { clock } = given.ports;
  const { stdout } = given.process;
  let screen: ScreenBeside | null = null;
  let ended: WatchedEnd | null = null;
  let open = false;

  /** Keys of the dashboard: none while they are the command's. */
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode() {},
  }) as unknown as TerminalInput & PassThrough;
  const raw = (on: boolean) => void keyboard.setRawMode?.(on);
  let takeBack = () => {};
  function letGo(): void {
    takeBack = screen?.lend() ?? takeBack;
    raw(true);
  }
  const asking: Asking | null =
    watched.terminal &&
    createAsking({
      ...{ terminal: watched.terminal, clock, tool },
      lend() {
        letGo();
        return () => {
          raw(false);
          if (open) takeBack();
          takeBack = () => {};
        };
      },
      write: (text) => void stdout.write(text),
    });
  const read = (bytes: Buffer) => {
    // What is typed for a command that is over is for nobody else.
    if (ended !== null) return;
    if (asking?.asks === true) asking.type(bytes);
    else keys.write(bytes);
  };
  keyboard.on('data', read);
  const over = watched.ended.then((end) => {
    ended = end;
    return end;
  });

  return {
    show: (command, notice) => screen?.show(command, notice),
    acted: (entry) => screen?.acted(entry),
    async run(sources) {
      await Promise.race([over, new Promise((resolve) => clock.after(settleMs, () => resolve(null)))]);
      await Promise.race([over, asking?.quiet()]);
      if (ended !== null) return { over: true, end: ended };
      open = true;
      const exitCode = await runDashboard({
        ...dashboardOf(given, sources),
        stdin: keyboard,
        process: watched.command === null ? given.process : withoutSignals(given.process),
        beside: {
          ...{ command: watched.command, keys, interrupt },
          looked: outcome.looked,
          opened(now) {
            screen = now;
            screen.onResize((columns, rows) => watched.terminal?.resize({ columns, rows }));
            // It began to ask while the screen was taken.
            if (asking?.asks === true) letGo();
            void over.then(() => now.leave(0));
          },
        },
      });
      open = false;
      screen = null;
      return { over: ended !== null, end: ended ?? { exitCode, signal: null } };
    },
    close() {
      keyboard.off('data', read);
      keyboard.pause();
      const unseen = asking?.end() ?? '';
      raw(false);
      return unseen;
    },
  };
}

const theirs: readonly string[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Those that are the command's are not the dashboard's. */
function withoutSignals(process: NodeJS.Process): NodeJS.Process {
  const passed = (name: 'on' | 'off') => (event: string, listener: (...args: unknown[]) => void) => {
    if (!theirs.includes(event)) process[name](event as 'exit', listener);
    return process;
  };
  return {
    on: passed('on'),
    off: passed('off'),
    kill: process.kill.bind(process),
  } as unknown as NodeJS.Process;
}
