/** The screen of a fleet: asks, draws and takes keys until it is left; visits a machine in between. */
import type { ReactElement } from 'react';
import { createStore } from 'zustand/vanilla';
import { Fleet as FleetTable } from '../../../components/fleet/fleet.tsx';
import { type FleetContext, useFleet, useFleetKeys } from '../../../hooks/use-fleet.ts';
import { sshEndText } from '../../format/fleet/problem-words.ts';
import type { FleetEffect } from '../../state/fleet/fleet-keys.ts';
import {
  answered,
  asked,
  createFleetState,
  type FleetState,
  settleFleet,
} from '../../state/fleet/fleet-state.ts';
import { describe, draw } from '../../terminal/draw.ts';
import { openTerminal } from '../../terminal/open-terminal.ts';
import type { Given } from '../mode.ts';
import type { Asking } from './asking.ts';
import { createRefreshing } from './refreshing.ts';
import { type Visit, visitHost } from './visit.ts';

const usualSec = 15;

/** Resolves with the exit code once the terminal is given back. */
export async function runFleetScreen(
  given: Given,
  { ask, where }: Pick<Asking, 'ask' | 'where'>,
): Promise<number> {
  const { invocation, ports, process, look } = given;
  const { clock } = ports;
  const { stdin, stdout, stderr } = process;
  const change = (step: (state: FleetState) => FleetState) => store.setState(step, true);
  const refreshing = createRefreshing({
    ...{ clock, ask, everyMs: (invocation.askEvery ?? usualSec) * 1000 },
    began: () => change((state) => asked(state, clock.monotonic())),
    ended: (result) => change((state) => answered(state, result, clock.monotonic())),
    ticked: () => change((state) => ({ ...state, nowMs: clock.monotonic() })),
  });
  const terminal = openTerminal({
    ...{ stdin, stdout, process, loop: refreshing, console: look.console },
    after: clock.after.bind(clock),
  });
  const { columns, rows } = terminal;
  const { unicode, color, console } = look;
  const size = { columns, rows, unicode, color, console };
  const store = createStore<FleetState>(() => createFleetState(size, where, clock.monotonic()));
  terminal.onResize((toColumns, toRows) =>
    change((state) =>
      settleFleet({ ...state, terminal: { ...state.terminal, columns: toColumns, rows: toRows } }),
    ),
  );

  let visit: Visit | null = null;
  async function open(host: string): Promise<void> {
    if (visit !== null) return;
    refreshing.stop();
    const takeBack = terminal.lend();
    // What is typed is for the other machine.
    stdin.pause();
    visit = visitHost(host, given);
    const end = await visit.ended;
    visit = null;
    const text = sshEndText(host, end);
    change((state) => ({ ...state, notice: text === null ? null : { text, isWarning: true } }));
    stdin.resume();
    takeBack();
    refreshing.start();
  }

  const acts: Readonly<Record<Exclude<FleetEffect['type'], 'open'>, () => void>> = {
    quit: () => terminal.leave({ exitCode: 0 }),
    interrupt: () => terminal.leave({ exitCode: 130 }),
    refresh: refreshing.now,
    redraw: terminal.redraw,
    suspend: terminal.suspend,
  };
  const act = (effect: FleetEffect) => {
    if (effect.type === 'open') void open(effect.host);
    else acts[effect.type]();
  };

  const ink = draw(<FleetScreen context={{ store, act }} />, { terminal, stdin });
  refreshing.start();
  given.started();
  const way = await terminal.left;
  refreshing.end();
  (visit as Visit | null)?.giveUp();
  ink?.unmount();
  terminal.close();
  stdin.pause();
  if (way.error !== undefined) stderr.write(`nixpulse: ${describe(way.error)}\n`);
  return way.exitCode;
}

function FleetScreen({ context }: { readonly context: FleetContext }): ReactElement {
  useFleetKeys(context);
  return <FleetTable state={useFleet(context)} />;
}
