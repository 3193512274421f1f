/**
 * Whether units that the settings name run, and answer: looked at beside the looks, one program and a few questions at a
 * time, and never while memory is short.
 */
import { request } from 'node:http';
import { parseActiveStates } from '../parse/systemctl-show.ts';
import type { Ports } from '../platform/ports.ts';
import { httpGet } from './http-get.ts';

export interface AskedUnit {
  readonly unit: string;
  /** A URL, or the path of a socket; null: it is not asked. */
  readonly asks: string | null;
}

export interface UnitState {
  readonly unit: string;
  /** Null: not known. */
  readonly active: boolean | null;
  /** Null: not asked, or not known. */
  readonly answers: boolean | null;
}

export interface UnitStates {
  /** With each look. `short`: of memory. */
  looked(units: readonly AskedUnit[], short: boolean): void;
  readonly states: readonly UnitState[];
}

const everyMs = 5000;
const timeoutMs = 4000;
/** What was seen so long ago says nothing of now. */
const staleMs = 60_000;

export function createUnitStates(
  { spawn, files, clock }: Pick<Ports, 'spawn' | 'files' | 'clock'>,
  answersTo: (asks: string) => Promise<boolean> = (asks) => answers(asks, clock),
): UnitStates {
  let states: readonly UnitState[] = [];
  let seenMs = Number.NEGATIVE_INFINITY;
  let begunMs = Number.NEGATIVE_INFINITY;
  let looking = false;

  async function look(units: readonly AskedUnit[]): Promise<void> {
    const [active, answered] = await Promise.all([
      activeOf(units.map(({ unit }) => unit)),
      Promise.all(units.map(({ asks }) => (asks === null ? null : answersTo(asks)))),
    ]);
    seenMs = clock.monotonic();
    states = units.map(({ unit }, at) => ({
      unit,
      active: active?.[at] ?? null,
      // One that is just being started has not begun to answer.
      answers: active?.[at] === false ? null : (answered[at] ?? null),
    }));
  }

  async function activeOf(units: readonly string[]): Promise<readonly (boolean | null)[] | null> {
    const args = ['show', '--no-pager', '--property=LoadState,ActiveState', '--', ...units];
    const run = await spawn.run('systemctl', args, { timeoutMs, environment: { LC_ALL: 'C' } });
    if (!run.ok || run.value.exitCode !== 0) return null;
    const found = parseActiveStates(run.value.stdout);
    return found.length === units.length ? found : null;
  }

  return {
    looked(units, short) {
      const nowMs = clock.monotonic();
      if (looking || short || units.length === 0 || !files.live || nowMs - begunMs < everyMs) return;
      looking = true;
      begunMs = nowMs;
      void look(units).finally(() => {
        looking = false;
      });
    },
    get states() {
      return clock.monotonic() - seenMs < staleMs ? states : [];
    },
  };
}

/** A URL: any answer below 500. A path: it takes a connection. */
async function answers(asks: string, clock: Ports['clock']): Promise<boolean> {
  if (asks.startsWith('/')) return takesConnection(asks, clock);
  const cancelled = new AbortController().signal;
  // What is asked of is of this machine: no proxy.
  const answer = await httpGet(asks, { clock, cancelled, timeoutMs, maxBytes: 1024, environment: {} });
  return answer.ok && answer.value.status < 500;
}

/** node:http connects to such a socket before it says anything, and nothing is said. */
function takesConnection(socketPath: string, clock: Ports['clock']): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, agent: false });
    const end = (taken: boolean) => {
      cancel();
      asked.destroy();
      resolve(taken);
    };
    const cancel = clock.after(timeoutMs, () => end(false));
    asked.on('error', () => end(false));
    asked.once('socket', (socket) => socket.once('connect', () => end(true)));
    // Nothing is written before there is a connection; then it is closed.
    asked.flushHeaders();
  });
}
