/**
 * `nixos-rebuild switch`, as `nixpulse watch` runs it: a script of that name that calls nix-build, as the real one does,
 * and whose log is followed.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';
import { createFileFollower } from '../../src/followers/file-follower.ts';
import type { Follower } from '../../src/followers/follower.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { createStreamFiles } from '../../src/platform/stream-files.ts';
import { place } from './machine.ts';

export interface Rebuild {
  readonly log: Follower;
  ended(): boolean;
  /** What it wrote last. */
  output(): string;
  kill(): void;
}

/** Seconds that a build works for; the longest ones. */
const workSecs = 225;

export function startRebuild(directory: string, join: (pid: number) => void): Rebuild {
  const bin = `${directory}/bin`;
  mkdirSync(bin, { recursive: true });
  const log = `${place}/rebuild.log`;
  writeFileSync(log, '');
  const nixBuild = `nix-build incident.nix -A toplevel --argstr secs ${workSecs} --no-out-link --keep-going -j 5`;
  const told = `--log-format internal-json -v 2>>${log}`;
  // In the cgroup before it has a child.
  const script = `#!/bin/bash\nread -r\ncd ${directory}/workloads\n${nixBuild} ${told}\n`;
  writeFileSync(`${bin}/nixos-rebuild`, script, { mode: 0o755 });
  const words = ['nixos-rebuild', 'switch', '--keep-going'];
  const terminal = spawn(`${bin}/nixos-rebuild`, words.slice(1), {
    cwd: '/root',
    env: {
      PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
      HOME: '/root',
      LANG: 'C.UTF-8',
      TERM: 'xterm',
      NIX_PATH: '',
      NIX_CONF_DIR: `${directory}/etc`,
      NIX_REMOTE: 'daemon',
      // Every recording builds anew.
      NONCE: randomUUID(),
    },
  });
  let output = '';
  let ended = false;
  terminal.onData((text) => {
    output = (output + text).slice(-20_000);
  });
  const follower = createFileFollower({
    id: 'command',
    origin: { kind: 'command', words, pid: terminal.pid },
    writers: 'one',
    clock,
    files: createStreamFiles({ root: '/' }),
    file: { path: log, followLinks: false },
  });
  terminal.onExit(({ exitCode }) => {
    ended = true;
    void follower.end(exitCode);
  });
  join(terminal.pid);
  terminal.write('\n');
  return {
    log: follower,
    ended: () => ended,
    output: () => output + readFileSync(log, 'utf8').slice(-20_000),
    kill: () => terminal.kill('SIGKILL'),
  };
}
