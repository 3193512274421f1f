/** Real datagrams: python3 receives them. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatagrams } from '../../src/platform/datagrams.ts';
import type { Datagrams } from '../../src/platform/ports.ts';

const python = process.platform === 'linux' && spawnSync('python3', ['--version']).status === 0;

/** Binds, says so, and prints each datagram as a line of hex; or never reads where `deaf`. */
const receiver = `
import socket, sys, time
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(name.replace('@', '\\0', 1) if name.startswith('@') else name)
print('bound', flush=True)
if sys.argv[2] == 'deaf': time.sleep(60)
while True: print(s.recv(65536).hex(), flush=True)
`;

async function listening(name: string, how = 'reads') {
  const child = spawn('python3', ['-c', receiver, name, how], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let wake = () => {};
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  const lineAt = async (index: number): Promise<string> => {
    while (lines[index] === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return lines[index] ?? '';
  };
  await lineAt(0);
  return {
    received: async (index: number) => Buffer.from(await lineAt(index + 1), 'hex').toString(),
    end: () => child.kill('SIGKILL'),
  };
}

async function opened(): Promise<Datagrams> {
  const datagrams = await openDatagrams();
  if (!datagrams.ok) throw new Error(datagrams.problem.cause);
  return datagrams.value;
}

describe.skipIf(!python)('datagrams', () => {
  test('reach a socket by its path, and an abstract one by its name', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nixpulse-datagrams-'));
    const datagrams = await opened();
    for (const name of [join(directory, 'socket'), `@nixpulse-test-${process.pid}`]) {
      const { received, end } = await listening(name);
      try {
        expect(datagrams.send(name, Buffer.from('READY=1'))).toEqual({ ok: true, value: undefined });
        expect(datagrams.send(name, Buffer.from('STATUS=ä\n'))).toMatchObject({ ok: true });
        expect(await received(0)).toBe('READY=1');
        expect(await received(1)).toBe('STATUS=ä\n');
      } finally {
        end();
      }
    }
    datagrams.close();
    rmSync(directory, { recursive: true });
    expect(datagrams.send('/run/x', Buffer.from('x')).ok).toBe(false);
  });

  test('where nobody reads it is said at once, and nobody waits', async () => {
    const name = `@nixpulse-test-deaf-${process.pid}`;
    const { end } = await listening(name, 'deaf');
    const datagrams = await opened();
    try {
      let last = datagrams.send(name, Buffer.alloc(1000));
      for (let count = 0; last.ok && count < 10_000; count += 1)
        last = datagrams.send(name, Buffer.alloc(1000));
      expect(last).toMatchObject({ ok: false, problem: { kind: 'timeout', cause: 'EAGAIN' } });
    } finally {
      end();
      datagrams.close();
    }
  });

  test('nobody is there, or it is no address', async () => {
    const datagrams = await opened();
    const send = (to: string) => datagrams.send(to, Buffer.from('x'));
    expect(send('/nonexistent/socket')).toMatchObject({ problem: { kind: 'gone', cause: 'ENOENT' } });
    expect(send('@nixpulse-nobody')).toMatchObject({ problem: { kind: 'gone', cause: 'ECONNREFUSED' } });
    for (const to of ['', 'relative', `/${'x'.repeat(120)}`, '/a\0b'])
      expect(send(to)).toMatchObject({ problem: { kind: 'malformed' } });
    datagrams.close();
  });
});
