/** `nixpulse explain` as it is called: what it reads, what it refuses, and its exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { runExplainMode } from '../../src/modes/explain.ts';
import type { Given } from '../../src/modes/mode.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-explain-'));
afterAll(() => rmSync(directory, { recursive: true }));

const killed = 'c++: fatal error: Killed signal terminated program cc1plus\n';

interface Called {
  readonly input?: Uint8Array;
  readonly columns?: number;
  readonly json?: boolean;
}

/** `operand` null: from standard input. */
async function called(
  operand: string | null,
  { input = Buffer.alloc(0), columns = 100, json = false }: Called = {},
) {
  let out = '';
  let error = '';
  const given = {
    invocation: { operand, json },
    look: { unicode: true, color: false },
    process: { stdin: Readable.from([input]), stdout: { columns } },
    complain: (text: string) => {
      error += text;
    },
    write: (text: string) => {
      out += text;
      return Promise.resolve();
    },
  } as unknown as Given;
  return { code: await runExplainMode(given), out, error };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

test('a cause that is known: 0, with as many lines as an editor counts', async () => {
  const { code, out } = await called(file('build.log', `make\n${killed}`));
  expect(code).toBe(0);
  expect(out).toMatch(/build\.log, 2 lines\n/);
  expect(out).toContain('line 2:');
});

test('commands are there to be copied: whole in a narrow terminal', async () => {
  const { out } = await called(null, { input: Buffer.from(killed), columns: 60 });
  expect(out).toContain(
    '   test:    $ journalctl -k -b --no-pager | grep -iE "out of memory|oom-kill" | tail -3; free -h\n',
  );
});

test('nothing that is known, and nothing at all: 1', async () => {
  expect(await called(file('list', 'milk\n'))).toMatchObject({
    code: 1,
    out: expect.stringContaining('The cause is not known: none of the messages'),
  });
  const empty = await called(null);
  expect(empty.code).toBe(1);
  expect(empty.out).toMatch(/^It is empty\.\n\nstandard input, 0 lines\n$/);
});

test.each([
  ['none', '/nowhere/log', '/nowhere/log: no such file'],
  ['a directory', directory, `${directory}: is a directory; name a file`],
])('%s: 2', async (_, path, error) => {
  expect(await called(path)).toEqual({ code: 2, out: '', error });
});

test('what is no text: 2; a crash leaves zeros in a log that is one', async () => {
  expect(await called(file('program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0])))).toMatchObject({
    code: 2,
    error: expect.stringMatching(/program: is not text$/),
  });
  expect((await called(file('crashed', `\0\0\0\n${killed}`))).code).toBe(0);
});

test('a packed log, as Nix keeps those of builds, says how it is read: 2', async () => {
  const path = file('a b.gz', gzipSync(killed));
  expect(await called(path)).toMatchObject({
    code: 2,
    error: `${path}: is packed: zcat '${path}' | nixpulse explain`,
  });
  const kept = file('x.drv.bz2', 'BZh91AY&SY');
  expect((await called(kept)).error).toBe(`${kept}: is packed: bzcat ${kept} | nixpulse explain`);
});

test('UTF-16 with a byte order mark, as Windows writes it', async () => {
  const input = Buffer.from(`\ufeff${killed}`, 'utf16le');
  expect((await called(null, { input })).code).toBe(0);
  expect((await called(null, { input: Buffer.from(input).swap16() })).code).toBe(0);
});

test('of a text that is too long the end is read, and lines keep their numbers', async () => {
  const line = 'x'.repeat(1023);
  const path = file('huge', `${`${line}\n`.repeat(40_000)}${killed}`);
  const { code, out } = await called(path);
  expect(code).toBe(0);
  expect(out).toMatch(/huge, 40001 lines, read from line \d+ on\n/);
  expect(out).toContain('line 40001:');
});
