/**
 * The rescue screen: the same watcher, state, commands and actions as the dashboard, drawn as plain rows without
 * React, for a machine that hardly answers and a plain console.
 */
import { createKeyDecoder, escapeTimeoutMs, type Key } from '../../parse/keys.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';
import { createJournal } from '../../perform/journal.ts';
import { rehearseActing } from '../../perform/rehearse.ts';
import { applyHealth, resizeTerminal } from '../../state/apply-model.ts';
import { initialState } from '../../state/create.ts';
import type { State } from '../../state/state.ts';
import { openTerminal } from '../../terminal/open-terminal.ts';
import type { TerminalInput, TerminalOutput } from '../../terminal/session.ts';
import { type Survival, survive, unmetRequirement } from '../../watch/survive.ts';
import { createWatcher, type WatcherOptions } from '../../watch/watcher.ts';
import { onOomKill } from '../on-oom-kill.ts';
import { actorOf, createScreenPerformer, withNotice } from '../screen-performer.ts';
import { pressKeys, type RescueEffect } from './rescue-keys.ts';
import { rehearseScreen } from './rescue-rehearsal.ts';
import { type RescueStyle, rescueRows } from './rescue-screen.ts';
import { applyTick } from './rescue-state.ts';

export interface RescueOptions extends Omit<WatcherOptions, 'createRecording' | 'survival'> {
  readonly deps: ActionDeps;
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: NodeJS.WritableStream;
  /** Where signals and crashes arrive. */
  readonly process: Parameters<typeof openTerminal>[0]['process'];
  readonly style: RescueStyle;
  /** TERM=dumb. */
  readonly dumb: boolean;
  /** TERM=linux. */
  readonly console?: boolean;
  readonly readOnly: boolean;
  /** Called when the first screens are out. */
  readonly started?: () => void;
  readonly survival: Survival;
}

/** Resolves with the exit code once the terminal is given back and what runs has ended. */
export async function runRescue(options: RescueOptions): Promise<number> {
  const { deps, stdin, stdout, stderr, survival, style, readOnly, intervalScale = 1 } = options;
  const { clock, files, ownFiles } = deps.ports;
  if (stdin.isTTY !== true || stdout.isTTY !== true) {
    stderr.write('nixpulse: rescue needs a terminal; without one: nixpulse kill, nixpulse cancel --all\n');
    return 2;
  }
  const unmet = await unmetRequirement(survival);
  if (unmet !== null) {
    stderr.write(`nixpulse: ${unmet}\n`);
    return 3;
  }
  const watcher = createWatcher(options);
  watcher.wantAll();
  watcher.look();
  const terminal = openTerminal({
    stdin,
    stdout,
    process: options.process,
    after: clock.after.bind(clock),
    dumb: options.dumb,
    console: options.console === true,
    loop: watcher,
  });
  const { columns, rows } = terminal;
  const initial = initialState({
    model: watcher.model,
    terminal: { columns, rows, unicode: style.unicode, color: true },
    health: { intervalScale, readOnly },
    actor: actorOf(deps),
  });
  let state = applyTick(initial, watcher.model);
  const update = (change: (state: State) => State) => {
    state = change(state);
    terminal.show(rescueRows(state, style));
  };
  update((first) => first);
  terminal.onResize((toColumns, toRows) => update((before) => resizeTerminal(before, toColumns, toRows)));

  const journal = createJournal({
    ownFiles,
    stateDirectory: deps.stateDirectory,
    onProblem(problem) {
      if (problem === null) return;
      const text = `${state.ui.notice?.text ?? ''} (the journal is not written)`;
      update((before) => withNotice(before, { text, level: 'warning' }));
    },
  });
  // The list must not name what has just ended.
  const performer = createScreenPerformer({
    deps,
    journal,
    update,
    journalView: false,
    onEnded: watcher.look,
  });
  const seenKills = onOomKill(terminal.refresh);
  watcher.listen({
    looked(model, health) {
      update((before) => performer.withReports(applyTick(before, model, health)));
      seenKills(model);
    },
  });
  const stopKeys = readKeys(stdin, clock.after.bind(clock), (keys) => {
    const pressed = pressKeys(state, keys);
    update(() => pressed.state);
    for (const effect of pressed.effects) carry(effect);
  });

  function carry(effect: RescueEffect): void {
    if (effect.type === 'perform') void performer.perform(effect.intent);
    else if (effect.type === 'cancel-running') performer.cancelNewest();
    else if (effect.type === 'suspend') terminal.suspend();
    else if (effect.type === 'redraw') terminal.redraw();
    else terminal.leave({ exitCode: 0 });
  }

  watcher.begin(() => {
    options.started?.();
    void harden();
  });
  /** What only the start needed is let go of first: the one program that must stay small. */
  async function harden(): Promise<void> {
    const rehearsal = async () => {
      rehearseScreen(state, deps.readForest(), style);
      if (files.live) await rehearseActing(deps);
    };
    const hardening = await survive(survival, rehearsal, 'data');
    update((before) => applyHealth(before, { hardening }));
  }

  const way = await terminal.left;
  stopKeys();
  const ended = watcher.end();
  try {
    await performer.end();
    await watcher.close();
  } finally {
    terminal.close();
  }
  await ended;
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
