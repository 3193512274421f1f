/** A guard of the machine for tests: with a config, a state and a directory of its own, and a journal that we receive. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guardRuleIds } from '../../src/model/guard/guard.ts';
import { until } from './wait.ts';

const program = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));

/** Binds a datagram socket, and prints each as a line of hex with the time at which it came. */
const receiver = `
import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
  data = s.recv(65536)
  print(time.time(), data.hex(), flush=True)
`;

export interface Said {
  readonly atMs: number;
  readonly text: string;
}

/** What a program sends to a socket of systemd's. */
export async function receiveAt(path: string) {
  const child = spawn('python3', ['-c', receiver, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await until(`the socket ${path}`, () => output.startsWith('bound'));
  return {
    said: (): readonly Said[] =>
      output
        .split('\n')
        .slice(1, -1)
        .map((line) => {
          const [seconds = '', hex = ''] = line.split(' ');
          return { atMs: Number(seconds) * 1000, text: Buffer.from(hex, 'hex').toString() };
        }),
    end: () => void child.kill('SIGKILL'),
  };
}

export interface Guarded {
  readonly folder: string;
  /** XDG_RUNTIME_DIR. */
  readonly runtime: string;
  readonly env: NodeJS.ProcessEnv;
  run(...words: readonly string[]): {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  };
  /** Begins to guard; resolves when it has said so. */
  start(
    words?: readonly string[],
    more?: NodeJS.ProcessEnv,
  ): Promise<ChildProcess & { readonly pid: number }>;
  /** What the guards have written to stderr. */
  err(): string;
  entries(): readonly {
    readonly time: string;
    readonly via: string;
    readonly status: string;
    readonly intent: { readonly type: string };
  }[];
  end(): void;
}

/** Only the rules that are given; every number of a test's own. */
export function guarded(toml: string, rules: Readonly<Record<string, string>>): Guarded {
  const folder = mkdtempSync(join(tmpdir(), 'nixpulse-guard-'));
  const runtime = mkdtempSync('/dev/shm/nixpulse-guard-');
  const config = join(folder, 'config.toml');
  const tables = guardRuleIds.map(
    (id) => `[guard.rules.${id}]\nenabled = ${id in rules}\n${rules[id] ?? ''}\n`,
  );
  writeFileSync(config, `[guard]\n${toml}\n${tables.join('')}`);
  const env = {
    ...process.env,
    XDG_STATE_HOME: join(folder, 'state'),
    // In memory, as /run is.
    XDG_RUNTIME_DIR: runtime,
    RUNTIME_DIRECTORY: join(runtime, 'nixpulse-guard'),
    NIX_REMOTE: 'daemon',
  };
  const children: ChildProcess[] = [];
  let err = '';
  return {
    folder,
    runtime,
    env,
    run(...words) {
      const ended = spawnSync(program, words, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
      return { code: ended.status, out: ended.stdout, err: ended.stderr };
    },
    async start(words = ['guard'], more = {}) {
      const before = err.length;
      const child = spawn(program, [...words, '--config', config], {
        env: { ...env, ...more },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      children.push(child);
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      const { pid } = child;
      if (pid === undefined) throw new Error('no guard');
      await until('the guard', () => err.slice(before).includes('guards this machine'), {
        detail: () => err,
      });
      return Object.assign(child, { pid });
    },
    err: () => err,
    entries() {
      try {
        const text = readFileSync(join(folder, 'state/nixpulse/journal.jsonl'), 'utf8');
        return text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
      } catch {
        return [];
      }
    },
    end() {
      for (const child of children) child.kill('SIGKILL');
      for (const one of [folder, runtime]) rmSync(one, { recursive: true, force: true });
    },
  };
}
