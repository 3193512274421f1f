/** What the service manager is told (sd_notify(3)), where it asked for it: NOTIFY_SOCKET, WATCHDOG_USEC. */
import type { Clock, Datagrams } from '../../platform/ports.ts';
import type { Environment } from '../environment.ts';

export interface ServiceManager {
  ready(status: string): void;
  status(text: string): void;
  /** With each look, and only then: who looks no more is started anew. */
  alive(): void;
  /** Settings are read again; `ready` ends it. */
  reloading(): void;
  stopping(): void;
}

/** Beside it no program that we start is to speak for us. */
export const managerSettings = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];

export function createServiceManager(
  environment: Environment,
  {
    datagrams,
    clock,
    pid,
  }: {
    readonly datagrams: Pick<Datagrams, 'send'> | null;
    readonly clock: Pick<Clock, 'monotonic'>;
    readonly pid: number;
  },
): ServiceManager {
  const socket = environment['NOTIFY_SOCKET'];
  const everyMs = watchdogMs(environment, pid) / 4;
  let aliveMs = Number.NEGATIVE_INFINITY;
  let said = '';

  /** What it has no room for is lost: only the last word counts, and it is said again. */
  function tell(...lines: readonly string[]): boolean {
    if (socket === undefined || socket === '' || datagrams === null) return true;
    return datagrams.send(socket, Buffer.from(`${lines.join('\n')}\n`)).ok;
  }

  function status(text: string): void {
    const line = text.replaceAll('\n', ' ');
    if (line !== said && tell(`STATUS=${line}`)) said = line;
  }

  return {
    ready(text) {
      tell('READY=1');
      said = '';
      status(text);
    },
    status,
    alive() {
      const nowMs = clock.monotonic();
      if (!Number.isFinite(everyMs) || nowMs - aliveMs < everyMs) return;
      if (tell('WATCHDOG=1')) aliveMs = nowMs;
    },
    reloading() {
      // RELOADING=1 of Type=notify-reload has to say when: CLOCK_MONOTONIC in µs.
      tell('RELOADING=1', `MONOTONIC_USEC=${Math.round(clock.monotonic() * 1000)}`);
    },
    stopping() {
      tell('STOPPING=1', 'STATUS=ends');
    },
  };
}

/** Infinite where nobody watches, or watches another process than us. */
function watchdogMs(environment: Environment, pid: number): number {
  const { WATCHDOG_USEC: usec, WATCHDOG_PID: of } = environment;
  if (of !== undefined && of !== String(pid)) return Number.POSITIVE_INFINITY;
  return /^[1-9]\d*$/.test(usec ?? '') ? Number(usec) / 1000 : Number.POSITIVE_INFINITY;
}
