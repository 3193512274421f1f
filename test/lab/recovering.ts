/**
 * Runs `nixpulse recover` as a program in a terminal, on a machine of which directories are the test's own: mounted in a
 * namespace of each run, so that they outlast a run that is killed.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Lab } from '../support/lab.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';

export interface WorldOptions {
  /** Mounted over, empty at first: `/run`. */
  readonly own?: readonly string[];
  /** Scripts by name, before all others: `journalctl`. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface World {
  /** Of the test, gone after it. */
  readonly directory: string;
  /** Where a directory of the world lies outside of it. */
  placeOf(path: string): string;
  program(name: string, script: string): void;
  /** Runs it in a terminal of 80 columns. */
  recover(...args: readonly string[]): Pty;
}

export function createWorld(lab: Lab, { own = [], programs = {}, environment = {} }: WorldOptions): World {
  const directory = mkdtempSync('/var/tmp/nixpulse-recover-');
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const placeOf = (path: string) => `${directory}/own${path}`;
  for (const path of own) mkdirSync(placeOf(path), { recursive: true });
  for (const part of ['bin', 'home', 'state']) mkdirSync(`${directory}/${part}`);

  function program(name: string, script: string): void {
    writeFileSync(`${directory}/bin/${name}`, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  }
  for (const [name, script] of Object.entries(programs)) program(name, script);

  return {
    directory,
    placeOf,
    program,
    recover(...args) {
      const binds = own.map((path) => `mkdir -p '${path}'; mount --bind '${placeOf(path)}' '${path}'`);
      const script = ['set -e', ...binds, 'exec "$@"'].join('\n');
      const pty = openPty({
        ...{ columns: 80, rows: 60, deadlineMs: 30_000, file: 'unshare' },
        args: [
          ...['--mount', '--propagation', 'private', 'bash', '-c', script, 'bash'],
          ...[launcher, 'recover', ...args],
        ],
        env: {
          PATH: `${directory}/bin:/usr/local/bin:/usr/bin:/bin:${dirname(process.execPath)}`,
          ...{ HOME: `${directory}/home`, XDG_STATE_HOME: `${directory}/state`, NIX_PATH: '' },
          ...{ NIX_CONF_DIR: `${lab.directory}/etc`, NIX_REMOTE: 'daemon' },
          NIXPULSE_NODE: process.execPath,
          ...environment,
        },
      });
      onTestFinished(() => pty.close());
      return pty;
    },
  };
}

/** What a run printed, when it has ended: as it came, without colours and without lines that were drawn over. */
export async function endOf(pty: Pty): Promise<{ readonly exitCode: number; readonly text: string }> {
  const { exitCode } = await pty.exited();
  return { exitCode, text: pty.screen().join('\n').trimEnd() };
}

/** As a power cut would end it. */
export async function kill(pty: Pty): Promise<void> {
  pty.kill('SIGKILL');
  await pty.exited();
}
