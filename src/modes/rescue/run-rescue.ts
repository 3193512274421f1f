/**
 * The rescue screen: the same samplers, model, commands and actions as the dashboard, drawn as plain rows
 * without React, for a machine that hardly answers and a plain console.
 */
import { type Derived, derive } from '../../model/derive.ts';
import { emptyModel } from '../../model/empty-model.ts';
import { createKeyDecoder, escapeTimeoutMs, type Key } from '../../parse/keys.ts';
import { actorOf } from '../../perform/actor-of.ts';
import type { Means } from '../../perform/carry-out.ts';
import { rehearseActing } from '../../perform/rehearse.ts';
import type { PressureTriggers } from '../../platform/ports.ts';
import { defaultIntervalMs, type Source } from '../../samplers/source.ts';
import { openTerminal } from '../../terminal/open-terminal.ts';
import type { TerminalInput, TerminalOutput } from '../../terminal/session.ts';
import { createAlarm } from '../../watch/alarm.ts';
import { createEndurance } from '../../watch/endurance.ts';
import { createLoop } from '../../watch/loop.ts';
import { lackOf, type Survival, survive } from '../../watch/survive.ts';
import { createRescueActing } from './rescue-acting.ts';
import { pressKeys, type RescueEffect } from './rescue-keys.ts';
import { rehearseScreen } from './rescue-rehearsal.ts';
import { type RescueStyle, rescueRows } from './rescue-screen.ts';
import { applyTick, type RescueState } from './rescue-state.ts';

export interface RescueOptions {
  readonly means: Means;
  readonly sources: readonly Source[];
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: NodeJS.WritableStream;
  /** Where signals and crashes arrive. */
  readonly process: Parameters<typeof openTerminal>[0]['process'];
  readonly style: RescueStyle;
  /** TERM=dumb. */
  readonly dumb: boolean;
  readonly intervalScale: number;
  readonly readOnly: boolean;
  /** Switched on while details are to be left out. */
  readonly lowDetail: { on: boolean };
  readonly survival: Survival;
  /** What tells of a stall before the next tick does. */
  readonly triggers: PressureTriggers | null;
}

/** The second look, which the first rates are made of, does not wait for a whole interval. */
const secondLookMs = 200;
/** Ticks less late than this are on time. */
const punctualMs = 100;

/** Resolves with the exit code once the terminal is given back and what runs has ended. */
export async function runRescue(options: RescueOptions): Promise<number> {
  const { means, stdin, stdout, stderr, intervalScale } = options;
  const { clock, files } = means.ports;
  if (stdin.isTTY !== true || stdout.isTTY !== true) {
    stderr.write('nixpulse: rescue needs a terminal; without one: nixpulse kill, nixpulse cancel --all\n');
    return 2;
  }
  const lack = await lackOf(options.survival);
  if (lack !== null) {
    stderr.write(`nixpulse: ${lack}\n`);
    return 3;
  }
  let derived: Derived | null = null;
  const { lowDetail, survival } = options;
  const endurance = createEndurance({ clock, lowDetail, collect: survival.collect });
  let state: RescueState = {
    model: emptyModel,
    columns: 80,
    rows: 24,
    actor: actorOf(means),
    readOnly: options.readOnly,
    picked: null,
    question: null,
    notice: null,
    actions: [],
    latenessMs: 0,
    intervalScale,
    hardening: null,
    explained: false,
  };
  let draw = () => {};
  const change = (next: RescueState) => {
    state = next;
    draw();
  };

  const loop = createLoop({
    sources: options.sources,
    clock,
    intervalScale,
    onSample(sample, { latenessMs }) {
      derived = derive(sample, derived);
      const { lateMs } = endurance.bear(loop, derived.model, latenessMs < punctualMs ? 0 : latenessMs);
      change(applyTick(state, derived.model, lateMs));
    },
  });
  loop.sampleNow();

  const terminal = openTerminal({
    stdin,
    stdout,
    process: options.process,
    after: clock.after.bind(clock),
    dumb: options.dumb,
    loop,
  });
  draw = () => terminal.show(rescueRows(state, options.style).join('\n'));
  terminal.onResize((columns, rows) => change({ ...state, columns, rows }));
  change({ ...state, columns: terminal.columns, rows: terminal.rows });

  const acting = createRescueActing({
    means,
    update: (step) => change(step(state)),
    // The list must not name what has just ended.
    onEnded: () => loop.sampleNow(),
  });
  const stopKeys = readKeys(stdin, clock.after.bind(clock), (keys) => {
    const pressed = pressKeys(state, keys);
    change(pressed.state);
    for (const effect of pressed.effects) carry(effect);
  });

  function carry(effect: RescueEffect): void {
    if (effect.type === 'perform') acting.perform(effect.intent);
    else if (effect.type === 'cancel-running') acting.cancelNewest();
    else if (effect.type === 'suspend') terminal.suspend();
    else if (effect.type === 'redraw') terminal.redraw();
    else terminal.leave({ exitCode: 0 });
  }

  const alarm =
    options.triggers &&
    createAlarm({
      triggers: options.triggers,
      clock,
      look: () => void loop.sampleNow(),
      lookedMs: () => state.model.monotonicMs,
    });
  const cancelSecondLook = clock.after(secondLookMs, () => {
    for (const { id } of options.sources) loop.want(id, defaultIntervalMs[id]);
    loop.start();
    void alarm?.begin();
    void harden();
  });
  /** What only the start needed is let go of first: the one program that must stay small. */
  async function harden(): Promise<void> {
    const rehearsal = async () => {
      rehearseScreen(state, means.readForest(), options.style);
      if (files.live) await rehearseActing(means);
    };
    const hardening = await survive(survival, rehearsal, { forget: true });
    change({ ...state, hardening });
  }

  const way = await terminal.left;
  cancelSecondLook();
  stopKeys();
  loop.stop();
  const alarmEnded = alarm?.end();
  try {
    await acting.end();
  } finally {
    terminal.close();
  }
  await alarmEnded;
  loop.close();
  stdin.pause();
  if (way.error !== undefined) stderr.write(`nixpulse: ${describe(way.error)}\n`);
  return way.exitCode;
}

function readKeys(
  stdin: TerminalInput,
  after: (ms: number, call: () => void) => () => void,
  press: (keys: readonly Key[]) => void,
): () => void {
  const decoder = createKeyDecoder();
  let cancel = () => {};
  const read = (chunk: string | Uint8Array) => {
    cancel();
    press(decoder.push(chunk));
    if (decoder.undecided) cancel = after(escapeTimeoutMs, () => press(decoder.flush()));
  };
  stdin.on('data', read);
  return () => {
    cancel();
    stdin.off('data', read);
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
