/** `nixpulse replay` and `nixpulse demo`: the dashboard on a recording, with nothing live behind it. */
import process from 'node:process';
import type { ReactNode } from 'react';
import { App } from '../../../components/app/app.tsx';
import { AppContextProvider, idleContext } from '../../../hooks/app-context.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import type { ToneLooks } from '../../model/ui/tones.ts';
import { createChartLoader } from '../../platform/charts/loader.ts';
import type { Clock } from '../../platform/ports.ts';
import type { Recording } from '../../record/recording.ts';
import { resizeTerminal } from '../../state/apply-model.ts';
import type { UiState } from '../../state/state.ts';
import { describe, draw } from '../../terminal/draw.ts';
import { openTerminal } from '../../terminal/open-terminal.ts';
import type { TerminalInput, TerminalOutput } from '../../terminal/session.ts';
import { createReplaySession } from './session.ts';

export interface ReplayOptions {
  readonly recording: Recording;
  /** Default: the usual thresholds. */
  readonly diagnose?: DiagnoseOptions;
  readonly clock: Clock;
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: NodeJS.WritableStream;
  readonly color: boolean;
  readonly unicode: boolean;
  /** TERM=linux. */
  readonly console?: boolean;
  /** Of the settings; absent: the usual ones. */
  readonly looks?: ToneLooks;
  readonly readOnly?: boolean;
  /** What the user has chosen before. */
  readonly ui?: Partial<UiState>;
  /** Unix ms. */
  readonly at: number | 'start';
  /** Begins by itself. */
  readonly plays?: boolean;
  readonly title?: string;
  readonly endText?: string;
  /** What is drawn; tests bring their own. */
  readonly screen?: ReactNode;
  /** Where signals and crashes arrive; tests bring their own. */
  readonly process?: Parameters<typeof openTerminal>[0]['process'];
}

/** Resolves with the exit code once the terminal is given back. */
export async function runReplay(options: ReplayOptions): Promise<number> {
  const {
    recording,
    clock,
    stdin,
    stdout,
    stderr,
    color,
    unicode,
    readOnly = false,
    console = false,
  } = options;
  const terminal = openTerminal({
    stdin,
    stdout,
    process: options.process ?? process,
    after: clock.after.bind(clock),
    console,
  });
  const { columns, rows } = terminal;
  const session = createReplaySession({
    recording,
    diagnose: options.diagnose,
    clock,
    terminal: { columns, rows, unicode, color, console, looks: options.looks },
    ...(options.ui && { ui: options.ui }),
    readOnly,
    canReturn: false,
    title: options.title,
    endText: options.endText,
    onFailure: (error) => terminal.leave({ exitCode: 1, error }),
  });
  terminal.onResize((toColumns, toRows) =>
    session.store.setState((state) => resizeTerminal(state, toColumns, toRows), true),
  );
  const context = idleContext(session.store, {
    quit: () => terminal.leave({ exitCode: 0 }),
    suspend: terminal.suspend,
    redraw: terminal.redraw,
    replay: { order: session.order, leave: () => {} },
    charts: createChartLoader(),
  });
  const begun = await Promise.race([session.begin(options.at), terminal.left.then(() => true)]);
  if (!begun) terminal.leave({ exitCode: 2 });
  const ink = begun
    ? draw(<AppContextProvider value={context}>{options.screen ?? <App />}</AppContextProvider>, {
        terminal,
        stdin,
      })
    : undefined;
  if (options.plays === true) session.order({ kind: 'play' });

  const way = await terminal.left;
  ink?.unmount();
  terminal.close();
  session.close();
  stdin.pause();
  if (!begun) stderr.write(`nixpulse: ${recording.title}: nothing in it can be read\n`);
  if (way.error !== undefined) stderr.write(`nixpulse: ${describe(way.error)}\n`);
  return way.exitCode;
}
