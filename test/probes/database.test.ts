/** A real SQLite's files: sound, with what only its log has, damaged, and written to while they are copied. */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDatabase } from '../../src/probes/database.ts';
import type { ProbeContext } from '../../src/probes/probe.ts';
import { realProbe } from '../support/probe-context.ts';

let directory = '';
let live = '';
let open: DatabaseSync;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nixpulse-database-'));
  live = join(directory, 'db.sqlite');
  open = new DatabaseSync(live);
  open.exec('PRAGMA journal_mode = WAL; CREATE TABLE ValidPaths (id INTEGER PRIMARY KEY, path TEXT UNIQUE)');
  fill(500);
});
afterEach(() => {
  if (open.isOpen) open.close();
  rmSync(directory, { recursive: true, force: true });
});

function fill(rows: number): void {
  const insert = open.prepare('INSERT INTO ValidPaths (path) VALUES (?)');
  for (let row = 0; row < rows; row++) insert.run(`/nix/store/${row}-${'x'.repeat(200)}-${Math.random()}`);
}

const state = () => join(directory, 'state');
const sizeOf = (path: string) => statSync(path).size;

test('one that is open, with rows that only its log has: sound, and untouched', async () => {
  const bytes = sizeOf(live) + sizeOf(`${live}-wal`);
  const before = readFileSync(live);
  expect(sizeOf(`${live}-wal`)).toBeGreaterThan(0);
  const { context } = realProbe(state());
  expect(await checkDatabase(live, context)).toEqual({ ok: true, value: { ok: true, said: [], bytes } });
  expect(readFileSync(live)).toEqual(before);
  // Nothing of the copy is left.
  expect(readdirSync(state())).toEqual([]);
});

test('a damaged page is told of', async () => {
  open.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  open.close();
  const pages = sizeOf(live) / 4096;
  const file = openSync(live, 'r+');
  for (let page = 4; page < pages; page += 3) writeSync(file, Buffer.alloc(512, 0xa5), 0, 512, page * 4096);
  closeSync(file);
  const { context } = realProbe(state());
  const found = await checkDatabase(live, context);
  expect(found).toMatchObject({ ok: true, value: { ok: false } });
  expect(found.ok && found.value.said.length).toBeGreaterThan(0);
  expect(readdirSync(state())).toEqual([]);
});

test('what is no database any more is damaged too', async () => {
  open.close();
  const file = openSync(live, 'r+');
  writeSync(file, Buffer.alloc(4096, 0), 0, 4096, 0);
  closeSync(file);
  const { context } = realProbe(state());
  expect(await checkDatabase(live, context)).toMatchObject({
    value: { ok: false, said: [expect.stringMatching(/malformed|not a database/)] },
  });
});

/** Its file changes with every copy, as by a checkpoint that comes in between. */
function checkpoints(context: ProbeContext, times: number): ProbeContext {
  const { spawn } = context.ports;
  let left = times;
  return {
    ...context,
    ports: {
      ...context.ports,
      spawn: {
        ...spawn,
        stream(file, args, options) {
          if (args.includes('cp') && args.at(-2) === live && left-- > 0) utimesSync(live, 1, left + 2);
          return spawn.stream(file, args, options);
        },
      },
    },
  };
}

test('written to while it was copied: copied again', async () => {
  const { context, progress } = realProbe(state());
  expect(await checkDatabase(live, checkpoints(context, 1))).toMatchObject({ value: { ok: true } });
  expect(progress).toEqual([
    'copies the database',
    'copies the database again: it was written to',
    'lets SQLite check the copy',
  ]);
});

test('a log that goes while it is copied: copied again', async () => {
  const { context, progress } = realProbe(state());
  const { spawn } = context.ports;
  const stream: typeof spawn.stream = (file, args, options) => {
    // As when the last who has it open closes it.
    if (args.at(-2) === `${live}-wal` && open.isOpen) open.close();
    return spawn.stream(file, args, options);
  };
  const closing = { ...context, ports: { ...context.ports, spawn: { ...spawn, stream } } };
  expect(await checkDatabase(live, closing)).toMatchObject({ value: { ok: true } });
  expect(progress).toContain('copies the database again: it was written to');
});

test('written to all the time: nothing is said of it', async () => {
  const { context } = realProbe(state());
  expect(await checkDatabase(live, checkpoints(context, 9))).toMatchObject({
    problem: { kind: 'exhausted' },
  });
  expect(readdirSync(state())).toEqual([]);
});

test('without one, and without a place for a copy', async () => {
  const { context } = realProbe(state());
  expect(await checkDatabase(join(directory, 'none'), context)).toMatchObject({ problem: { kind: 'gone' } });
  expect(await checkDatabase(live, realProbe().context)).toMatchObject({ problem: { kind: 'unsupported' } });
});
