/** The live dashboard: loop, store and screen put together, and taken apart again on every way out. */
import process from 'node:process';
import type { ReactNode } from 'react';
import { App } from '../../../components/app/app.tsx';
import type { AppContext } from '../../../hooks/app-context.ts';
import { type Derived, derive } from '../../model/derive.ts';
import { emptyModel } from '../../model/empty-model.ts';
import { recorderOff } from '../../model/past/recorded.ts';
import type { ReplayTime } from '../../model/past/replay.ts';
import { actorOf } from '../../perform/actor-of.ts';
import type { Means } from '../../perform/carry-out.ts';
import { withNotice } from '../../perform/performer.ts';
import { createChartLoader } from '../../platform/charts/loader.ts';
import type { Clock, PressureTriggers } from '../../platform/ports.ts';
import type { Source } from '../../samplers/source.ts';
import { applyHealth, applyModel, resizeTerminal } from '../../state/apply-model.ts';
import { createDashboardStore, type DashboardStore } from '../../state/create.ts';
import type { State } from '../../state/state.ts';
import { describe, draw } from '../../terminal/draw.ts';
import { openTerminal } from '../../terminal/open-terminal.ts';
import type { TerminalInput, TerminalOutput } from '../../terminal/session.ts';
import { createAlarm } from '../../watch/alarm.ts';
import { createEndurance } from '../../watch/endurance.ts';
import { createLoop } from '../../watch/loop.ts';
import { privilegeHint } from '../../watch/privilege-hint.ts';
import { createRecording, type RecordingOptions } from '../../watch/recording.ts';
import { lackOf, type Survival, survive } from '../../watch/survive.ts';
import type { TimeTravel } from '../replay/go-back.ts';
import { createActing } from './acting.ts';
import { createPast } from './past.ts';
import { rehearseScreens } from './rehearse-screens.tsx';
import { createStage, OnStage } from './stage.tsx';

export interface DashboardOptions {
  readonly clock: Clock;
  readonly sources: readonly Source[];
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: NodeJS.WritableStream;
  readonly color: boolean;
  readonly unicode: boolean;
  readonly intervalScale?: number;
  readonly readOnly?: boolean;
  /** What acting takes; without it nothing can be done. */
  readonly means?: Means;
  /** Where what is seen is recorded; without it nothing is. */
  readonly recording?: RecordingOptions;
  /** Switched on while details are to be left out. */
  readonly lowDetail?: { on: boolean };
  /** What keeps us alive in a freeze; without it nothing is done for that. */
  readonly survival?: Survival;
  /** What tells of a stall before the next tick does. */
  readonly triggers?: PressureTriggers;
  /** What is drawn; tests bring their own. */
  readonly screen?: ReactNode;
  /** Where signals and crashes arrive; tests bring their own. */
  readonly process?: Parameters<typeof openTerminal>[0]['process'];
}

/** The second look, which the first rates are made of, does not wait for a whole interval. */
const secondLookMs = 200;
/** Ticks less late than this are on time. */
const lateMs = 100;

/** Resolves with the exit code once the terminal is given back. */
export async function runDashboard(options: DashboardOptions): Promise<number> {
  const { clock, stdin, stdout, stderr, intervalScale = 1, readOnly = false } = options;
  if (stdin.isTTY !== true || stdout.isTTY !== true) {
    const which = stdin.isTTY === true ? 'stdout' : 'stdin';
    stderr.write(`nixpulse: ${which} is not a terminal; \`nixpulse snapshot\` prints the same once\n`);
    return 2;
  }

  const lack = await lackOf(options.survival);
  if (lack !== null) {
    stderr.write(`nixpulse: ${lack}\n`);
    return 3;
  }

  const recording = options.recording && createRecording(clock, { ...options.recording, onStopped });
  const seen: Seen = { derived: null, hint: null };
  const endurance = createEndurance({
    clock,
    ...(options.lowDetail && { lowDetail: options.lowDetail }),
    ...(options.survival && { collect: options.survival.collect }),
  });
  let store: DashboardStore | undefined;
  let withReports = (state: State) => state;
  const loop = createLoop({
    sources: options.sources,
    clock,
    intervalScale,
    onSample(sample, tick) {
      seen.derived = derive(sample, seen.derived);
      seen.hint = privilegeHint(sample) ?? seen.hint;
      const { model } = seen.derived;
      const strain = endurance.bear(loop, model, tick.latenessMs);
      recording?.sample(sample, model);
      const health = {
        latenessMs: roundLateness(strain.lateMs),
        lowDetail: strain.lowDetail,
        privilegeHint: seen.hint,
        recorder: recording?.status ?? recorderOff,
      };
      store?.setState((state) => withReports(applyModel(state, model, health)), true);
    },
  });
  loop.sampleNow();
  const terminal = openTerminal({
    stdin,
    stdout,
    process: options.process ?? process,
    after: clock.after.bind(clock),
    loop,
  });
  const { columns, rows } = terminal;
  const created = createDashboardStore({
    model: seen.derived?.model ?? emptyModel,
    terminal: { columns, rows, unicode: options.unicode, color: options.color },
    health: { intervalScale, readOnly, privilegeHint: seen.hint },
    actor: actorOf(options.means),
  });
  store = created;
  const acting = options.means === undefined ? null : createActing(created, options.means, recording?.entry);
  withReports = acting?.withReports ?? withReports;

  /** On every way out but one what we paused goes on. */
  let whatIsPaused: 'resume' | 'leave' = 'resume';
  const live: AppContext & { readonly store: DashboardStore } = {
    store: created,
    poll: loop.want,
    quit(paused = 'resume') {
      whatIsPaused = paused;
      terminal.leave({ exitCode: 0 });
    },
    suspend: terminal.suspend,
    redraw: terminal.redraw,
    perform: (intent) => acting?.perform(intent),
    cancelRunning: () => acting?.cancelRunning(),
    lookForGarbage: () => acting?.lookForGarbage(),
    replay: null,
    goBack: (at) => void goBack(at),
    charts: createChartLoader(),
    lookBack: createPast(created, options.recording, clock),
  };
  const stage = createStage(live);
  terminal.onResize((toColumns, toRows) => {
    for (const { setState } of new Set([created, stage.shown.store])) {
      setState((state) => resizeTerminal(state, toColumns, toRows), true);
    }
  });
  let timeTravel = null as TimeTravel | null;
  async function goBack(at?: ReplayTime): Promise<void> {
    if (options.recording === undefined) return;
    const { files, directory } = options.recording;
    const { createTimeTravel } = await import('../replay/go-back.ts');
    timeTravel ??= createTimeTravel({ clock, files, directory, stage, live });
    await timeTravel.goBack(at);
  }
  const alarm =
    options.triggers &&
    createAlarm({
      triggers: options.triggers,
      clock,
      look: () => void loop.sampleNow(),
      lookedMs: () => created.getState().model.monotonicMs,
    });
  const ink = draw(<OnStage stage={stage}>{options.screen ?? <App />}</OnStage>, { terminal, stdin });
  const cancelSecondLook = clock.after(secondLookMs, () => {
    loop.start();
    acting?.begin();
    recording?.begin();
    void alarm?.begin();
    if (options.survival !== undefined) void harden();
  });
  let open = true;
  async function harden(): Promise<void> {
    const rehearsal = () => rehearseScreens({ read: created.getState, clock, isOpen: () => open });
    const hardening = await survive(options.survival, rehearsal);
    created.setState((state) => applyHealth(state, { hardening }), true);
  }

  const way = await terminal.left;
  open = false;
  cancelSecondLook();
  loop.stop();
  ink?.unmount();
  timeTravel?.end();
  let missing: string | null = null;
  const alarmEnded = alarm?.end();
  try {
    await acting?.end(whatIsPaused);
    missing = (await recording?.end()) ?? null;
  } finally {
    terminal.close();
  }
  await alarmEnded;
  loop.close();
  // Lets the process end by itself: the keys' listener kept it alive.
  stdin.pause();
  if (missing !== null) stderr.write(`nixpulse: ${missing}\n`);
  if (way.error !== undefined) stderr.write(`nixpulse: ${describe(way.error)}\n`);
  return way.exitCode;

  function onStopped(text: string): void {
    store?.setState((before) => {
      const state = applyHealth(before, { recorder: recording?.status ?? recorderOff });
      // Where there is no line for it, it is said once.
      return state.layout.hintRows > 0 ? state : withNotice(state, { text, level: 'warning' });
    }, true);
  }
}

interface Seen {
  derived: Derived | null;
  hint: string | null;
}

/** Steps of 100 ms, so that a punctual program does not change the state with every tick. */
function roundLateness(latenessMs: number): number {
  return latenessMs < lateMs ? 0 : Math.round(latenessMs / lateMs) * lateMs;
}
