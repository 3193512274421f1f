/** The dashboard of another machine, over ssh in this terminal. */
import { spawn } from 'node:child_process';
import type { SshEnd } from '../../format/fleet/problem-words.ts';
import type { Given } from '../mode.ts';
import { commandEnvironment } from '../watch/command.ts';

export interface Visit {
  readonly ended: Promise<SshEnd>;
  /** The terminal is gone, and with it who visits. */
  giveUp(): void;
}

const mostSaid = 4096;
/** A master connection of ssh (ControlPersist) keeps stderr open for as long as it likes. */
const restMs = 200;

/** `host`: as base/host-part.ts lets it through. Keys that end things are ssh's own meanwhile. */
export function visitHost(host: string, given: Given): Visit {
  const { process, hardening, invocation, ports } = given;
  const command = invocation.readOnly ? 'nixpulse --read-only' : 'nixpulse';
  const releaseKeys = ignoreKeySignals(process);
  const child = hardening.asUsual(
    () =>
      spawn('ssh', ['-t', '--', host, command], {
        stdio: ['inherit', 'inherit', 'pipe'],
        env: commandEnvironment(given),
      }),
    ({ pid }) => pid,
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-mostSaid);
    process.stderr.write(text);
  });
  const { promise, resolve } = Promise.withResolvers<SshEnd>();
  const end = (how: Omit<SshEnd, 'said'>) => {
    releaseKeys();
    child.stderr.destroy();
    resolve({ ...how, said });
  };
  child.once('error', ({ message }) => end({ exitCode: null, signal: null, error: message }));
  child.once('exit', (exitCode, signal) => {
    const cancel = ports.clock.after(restMs, () => end({ exitCode, signal, error: null }));
    child.stderr.once('close', () => {
      cancel();
      end({ exitCode, signal, error: null });
    });
  });
  return { ended: promise, giveUp: () => void child.kill('SIGHUP') };
}

/** Sent to all in the foreground: to ssh, and to us, who would leave. Returns what undoes it. */
function ignoreKeySignals(process: NodeJS.Process): () => void {
  const ignored = () => {};
  const undo = (['SIGINT', 'SIGQUIT'] as const).map((signal) => {
    const listeners = process.listeners(signal);
    process.on(signal, ignored);
    for (const listener of listeners) process.off(signal, listener);
    return () => {
      for (const listener of listeners) process.on(signal, listener);
      process.off(signal, ignored);
    };
  });
  let isUndone = false;
  return () => {
    if (!isUndone) for (const one of undo) one();
    isUndone = true;
  };
}
