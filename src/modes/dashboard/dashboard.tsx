/** The live dashboard: watcher, state and screen put together, and taken apart again on every way out. */
import process from 'node:process';
import type { ReactNode } from 'react';
import { App } from '../../../components/app/app.tsx';
import { idleContext } from '../../../hooks/app-context.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { Model } from '../../model/model.ts';
import type { RecorderStatus } from '../../model/past/recorded.ts';
import type { ReplayTime } from '../../model/past/replay.ts';
import type { WatchedCommand } from '../../model/ui/watched-command.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';
import { createChartLoader } from '../../platform/charts/loader.ts';
import type { TerminalStanding } from '../../platform/controlling-terminal.ts';
import { applyHealth, applyModel, resizeTerminal } from '../../state/apply-model.ts';
import { createDashboardStore, type DashboardStore } from '../../state/create.ts';
import { addEntries } from '../../state/journal.ts';
import type { State } from '../../state/state.ts';
import { describe, draw } from '../../terminal/draw.ts';
import { openTerminal } from '../../terminal/open-terminal.ts';
import type { TerminalInput, TerminalOutput } from '../../terminal/session.ts';
import { createRecording, type RecordingOptions } from '../../watch/recording.ts';
import { type Survival, survive, unmetRequirement } from '../../watch/survive.ts';
import { createWatcher, type WatcherOptions } from '../../watch/watcher.ts';
import { onOomKill } from '../on-oom-kill.ts';
import type { TimeTravel } from '../replay/go-back.ts';
import { actorOf, withNotice } from '../screen-performer.ts';
import { createActing } from './acting.ts';
import { createPast } from './past.ts';
import { rehearseScreens } from './rehearse-screens.tsx';
import {
  createSettingsOnScreen,
  type ScreenSettingsRead,
  type SettingsOnScreen,
} from './settings-on-screen.ts';
import { createShownContext, InShownContext } from './shown-context.tsx';

export interface DashboardOptions extends Omit<WatcherOptions, 'createRecording' | 'survival'> {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: NodeJS.WritableStream;
  readonly color: boolean;
  readonly unicode: boolean;
  /** TERM=linux. */
  readonly console?: boolean;
  readonly readOnly?: boolean;
  /** What acting takes; without it nothing can be done. */
  readonly deps?: ActionDeps;
  /** Where what is seen is recorded; without it nothing is. */
  readonly recording?: RecordingOptions;
  /** What keeps us alive in a freeze; without it nothing is done for that. */
  readonly survival?: Survival;
  /** What the files of settings say of the screen; without it all is as usual. */
  readonly readSettings?: () => Promise<ScreenSettingsRead>;
  /** How we stand to the terminal that controls us, now: without it SIGHUP ends us. */
  readonly standing?: () => TerminalStanding;
  /** Called when the first screens are out. */
  readonly started?: () => void;
  /** What is run and watched: it decides when the dashboard ends. */
  readonly beside?: Beside;
  /** What is drawn; tests bring their own. */
  readonly screen?: ReactNode;
  /** Where signals and crashes arrive; tests bring their own. */
  readonly process?: Parameters<typeof openTerminal>[0]['process'];
}

/** The command beside which the dashboard runs. */
export interface Beside {
  readonly command: WatchedCommand | null;
  /** Keys, where `stdin` has others', too. */
  readonly keys: TerminalInput;
  /** Ctrl-C, and `q` after its question. */
  interrupt(): void;
  /** With every look. */
  looked(model: Model): void;
  /** Once the terminal is taken. */
  opened(screen: ScreenBeside): void;
}
export interface ScreenBeside {
  show(command: WatchedCommand, notice: string): void;
  /** Something was done beside the keys: it is recorded, and stands in the journal. */
  acted(entry: JournalEntry): void;
  /** Lets the terminal go until the returned function is called. */
  lend(): () => void;
  onResize(call: (columns: number, rows: number) => void): void;
  /** After a last look. */
  leave(exitCode: number): void;
}

/** Resolves with the exit code once the terminal is given back. */
export async function runDashboard(options: DashboardOptions): Promise<number> {
  const { clock, stdin, stdout, stderr, recording, survival, deps, beside } = options;
  const { intervalScale = 1, readOnly = false, console = false, readSettings, standing } = options;
  if (stdin.isTTY !== true || stdout.isTTY !== true) {
    const which = stdin.isTTY === true ? 'stdout' : 'stdin';
    stderr.write(`nixpulse: ${which} is not a terminal; \`nixpulse snapshot\` prints the same once\n`);
    return 2;
  }
  const unmet = await unmetRequirement(survival);
  if (unmet !== null) {
    stderr.write(`nixpulse: ${unmet}\n`);
    return 3;
  }

  const watcher = createWatcher({
    ...options,
    ...(recording && {
      createRecording: (onStopped: (reason: string) => void) =>
        createRecording(clock, { ...recording, onStopped }),
    }),
  });
  watcher.look();
  let settings = null as SettingsOnScreen | null;
  const terminal = openTerminal({
    stdin,
    stdout,
    process: options.process ?? process,
    after: clock.after.bind(clock),
    loop: watcher,
    console,
    ...(readSettings && standing && { reload: { terminal: standing, call: () => void settings?.again() } }),
  });
  const { columns, rows } = terminal;
  const store = createDashboardStore({
    model: watcher.model,
    terminal: { columns, rows, unicode: options.unicode, color: options.color, console },
    health: { intervalScale, readOnly, privilegeHint: watcher.health.privilegeHint },
    actor: actorOf(deps),
    command: beside?.command ?? null,
  });
  const acting = deps === undefined ? null : createActing(store, deps, watcher.entry);
  const seenKills = onOomKill(terminal.refresh);
  watcher.listen({
    looked(model, health) {
      seenKills(model);
      beside?.looked(model);
      const withReports = acting?.withReports ?? ((state) => state);
      store.setState((state) => withReports(applyModel(state, model, health)), true);
    },
    recorderStopped: (reason, recorder) => showRecorderStopped(store, reason, recorder),
  });

  /** On every way out but one what we changed of builds is undone. */
  let whatIsChanged: 'undo' | 'leave' = 'undo';
  const live = idleContext(store, {
    poll: watcher.want,
    quit(changed = 'undo') {
      whatIsChanged = changed;
      if (store.getState().command === null) terminal.leave({ exitCode: 0 });
      else beside?.interrupt();
    },
    interrupt: () => beside?.interrupt(),
    suspend: terminal.suspend,
    redraw: terminal.redraw,
    ...(acting && {
      perform: acting.perform,
      cancelRunning: acting.cancelNewest,
      lookForGarbage: acting.lookForGarbage,
    }),
    goBack: (at) => void goBack(at),
    charts: createChartLoader(),
    lookBack: createPast(store, recording, clock),
  });
  const shown = createShownContext(live);
  terminal.onResize((toColumns, toRows) => {
    for (const { setState } of new Set([store, shown.current.store])) {
      setState((state) => resizeTerminal(state, toColumns, toRows), true);
    }
  });
  let timeTravel = null as TimeTravel | null;
  async function goBack(at?: ReplayTime): Promise<void> {
    if (recording === undefined) return;
    const { files, directory } = recording;
    const { createTimeTravel } = await import('../replay/go-back.ts');
    timeTravel ??= createTimeTravel({ clock, files, directory, diagnose: options.diagnose, shown, live });
    await timeTravel.goBack(at);
  }
  const ink = draw(<InShownContext shown={shown}>{options.screen ?? <App />}</InShownContext>, {
    terminal,
    stdin: beside?.keys ?? stdin,
  });
  let open = true;
  beside?.opened({
    show(command, notice) {
      const said = (state: State) => withNotice(state, { text: notice, level: 'info' });
      store.setState((state) => said({ ...state, command }), true);
    },
    acted(entry) {
      watcher.entry(entry);
      store.setState((state) => addEntries(state, [entry]), true);
    },
    lend: terminal.lend,
    onResize: terminal.onResize,
    leave(exitCode) {
      watcher.look();
      terminal.leave({ exitCode });
    },
  });
  settings =
    readSettings === undefined
      ? null
      : createSettingsOnScreen({
          ...{ read: readSettings, watcher, isOpen: () => open },
          stores: () => new Set([store, shown.current.store]),
        });
  watcher.begin(() => {
    options.started?.();
    acting?.begin();
    // The first screen waits for no file.
    void settings?.begin();
    if (survival !== undefined) void harden();
  });
  async function harden(): Promise<void> {
    const rehearsal = () => rehearseScreens({ read: store.getState, clock, isOpen: () => open });
    const hardening = await survive(survival, rehearsal, 'data');
    store.setState((state) => applyHealth(state, { hardening }), true);
  }

  const way = await terminal.left;
  open = false;
  const ended = watcher.end();
  ink?.unmount();
  timeTravel?.end();
  let missing: string | null = null;
  try {
    await acting?.end(whatIsChanged);
    missing = await watcher.close();
  } finally {
    terminal.close();
  }
  await ended;
  // Lets the process end by itself: the keys' listener kept it alive.
  stdin.pause();
  // Above the footer there was room for one.
  for (const line of settings?.complaints ?? []) stderr.write(`nixpulse: ${line}\n`);
  if (missing !== null) stderr.write(`nixpulse: ${missing}\n`);
  if (way.error !== undefined) stderr.write(`nixpulse: ${describe(way.error)}\n`);
  return way.exitCode;
}

/** In the hint line; where there is none, as a notice. */
function showRecorderStopped(store: DashboardStore, text: string, recorder: RecorderStatus): void {
  store.setState((before) => {
    const state = applyHealth(before, { recorder });
    return state.layout.hintRows > 0 ? state : withNotice(state, { text, level: 'warning' });
  }, true);
}
