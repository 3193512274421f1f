/** `nixos-rebuild switch`, typed in a terminal: a script of that name that calls nix-build, as the real one does. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';

export interface Rebuild {
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
  const nixBuild = `nix-build incident.nix -A toplevel --argstr secs ${workSecs} --no-out-link --keep-going -j 5`;
  // In the cgroup before it has a child.
  const script = `#!/bin/bash\nread -r\ncd ${directory}/workloads\n${nixBuild}\n`;
  writeFileSync(`${bin}/nixos-rebuild`, script, { mode: 0o755 });
  const terminal = spawn(`${bin}/nixos-rebuild`, ['switch', '--keep-going'], {
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
  terminal.onExit(() => {
    ended = true;
  });
  join(terminal.pid);
  terminal.write('\n');
  return { ended: () => ended, output: () => output, kill: () => terminal.kill('SIGKILL') };
}
