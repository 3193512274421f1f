/** A real SQLite's files with pages of rubbish: what is kept, what is made anew, and what a kill leaves. */
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { check, copy } from '../../../src/platform/store-database/copy.ts';
import { rebuild } from '../../../src/platform/store-database/rebuild.ts';
import { replace } from '../../../src/platform/store-database/replace.ts';
import { count, type MadeStore, makeStore } from './made-store.ts';

let made: MadeStore;
let whole: readonly string[];
const progress = () => {};
beforeEach(() => {
  made = makeStore();
  whole = made.rows();
});
afterEach(() => made.close());

const aside = () => `${made.database}.sick`;
const replaced = () => replace({ ...made, aside: aside(), progress });
const soundness = () => [
  ...check(made.database, 5, progress).problems,
  ...made.sql('PRAGMA foreign_key_check'),
];

test('one that is sound comes out as it was', async () => {
  const before = made.sql('SELECT * FROM ValidPaths');
  expect(await replaced()).toEqual({ paths: count, renewed: [], gone: [], doubtful: 0, found: [] });
  expect(made.sql('SELECT * FROM ValidPaths')).toEqual(before);
  expect(made.rows()).toEqual(whole);
  expect(soundness()).toEqual([]);
});

describe('broken', () => {
  test('a page of the paths: their entries are made anew, and no reference is lost', async () => {
    made.breakPage('ValidPaths', 3);
    expect(check(made.database, 5, progress).problems.length).toBeGreaterThan(0);
    const { renewed, ...rest } = await replaced();
    expect(rest).toEqual({ paths: count, gone: [], doubtful: 0, found: [] });
    expect(renewed.length).toBeGreaterThan(3);
    expect(renewed.length).toBeLessThan(40);
    expect(made.rows()).toEqual(whole);
    expect(soundness()).toEqual([]);
    const [row] = made.sql(`SELECT hash, narSize, sigs FROM ValidPaths WHERE path = '${renewed[0]}'`);
    expect(row).toMatchObject({ narSize: readFileSync(renewed[0] ?? '').length, sigs: null });
    expect(row?.['hash']).not.toBe(`sha256:${'a'.repeat(64)}`);
  });

  test('two pages with a whole one between them: only what stood on them is made anew', async () => {
    const to = `${made.directory}/try`;
    const tried = () => rebuild({ ...made, from: made.database, to, whole: false, progress });
    made.breakPage('ValidPaths', 0);
    const first = await tried();
    made.breakPage('ValidPaths', 2);
    const both = await tried();
    expect(both.renewed.length).toBeGreaterThan(first.renewed.length);
    expect(both.renewed.length).toBeLessThan((count * 3) / 4);
    expect(both.paths).toBe(count);
    expect(existsSync(to)).toBe(false);
  });

  test('the inner page of the paths: all of them by their index', async () => {
    made.breakPage('ValidPaths', 0, 'internal');
    const { renewed, paths } = await replaced();
    expect([paths, renewed.length]).toEqual([count, count]);
    expect(made.rows()).toEqual(whole);
  });

  test('the index of the paths: nothing', async () => {
    made.breakPage('sqlite_autoindex_ValidPaths_1', 1);
    expect(await replaced()).toEqual({ paths: count, renewed: [], gone: [], doubtful: 0, found: [] });
    expect(made.rows()).toEqual(whole);
  });

  test('the references: by their index; without it by what the paths contain', async () => {
    made.breakPage('Refs');
    expect((await replaced()).doubtful).toBe(0);
    expect(made.rows()).toEqual(whole);
    rmSync(aside());
    made.breakPage('Refs');
    made.breakPage('sqlite_autoindex_Refs_1');
    expect((await replaced()).doubtful).toBe(count);
    expect(made.rows()).toEqual(whole);
    expect(soundness()).toEqual([]);
  });

  test('paths and their index: what a root or another path needs', async () => {
    made.root(6);
    made.breakPage('ValidPaths', 0, 'internal');
    made.breakPage('sqlite_autoindex_ValidPaths_1', 0, 'internal');
    expect(await replaced()).toMatchObject({ paths: 2, renewed: [], found: [made.path(6), made.path(5)] });
    expect(made.rows()).toEqual([`${made.path(5)} `, `${made.path(6)} ${made.path(5)}`]);
    expect(soundness()).toEqual([]);
  });

  test('its first page: the same, with the tables as Nix has them', async () => {
    made.root(6);
    truncateSync(made.database, 100);
    expect((await replaced()).paths).toBe(2);
    expect(made.sql("SELECT count(*) AS n FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")).toEqual([
      { n: 7 },
    ]);
    expect(soundness()).toEqual([]);
  });

  test('a path that is gone from the disk as well is told, and has no entry', async () => {
    made.breakPage('ValidPaths', 0, 'internal');
    rmSync(made.path(9));
    const { gone, paths } = await replaced();
    expect([gone, paths]).toEqual([[made.path(9)], count - 1]);
  });

  test('a row of rubbish is no path', async () => {
    made.sql(`UPDATE ValidPaths SET path = '/etc/passwd' WHERE id = 7`);
    await replaced();
    expect(made.rows().some((row) => row.includes('passwd'))).toBe(false);
  });

  test('nothing to make one of: it stays as it is', async () => {
    truncateSync(made.database, 100);
    await expect(replaced()).rejects.toThrow('nothing can be made of it');
    expect(statSync(made.database).size).toBe(100);
    expect(existsSync(aside())).toBe(false);
    expect(existsSync(`${made.database}.rebuilt`)).toBe(false);
  });
});

describe('in its place', () => {
  test('the broken one is kept byte for byte, with its log, and the new one is its owner’s', async () => {
    made.breakPage('ValidPaths', 3);
    writeFileSync(`${made.database}-wal`, '');
    const before = readFileSync(made.database);
    const { mode, uid } = statSync(made.database);
    await replaced();
    expect(readFileSync(aside())).toEqual(before);
    expect(existsSync(`${aside()}-wal`)).toBe(true);
    expect(existsSync(`${made.database}-wal`)).toBe(false);
    expect(statSync(made.database)).toMatchObject({ mode, uid });
  });

  test('killed while it was made, or once its log was moved: done again from all there is', () =>
    killedAndDoneAgain(aside()));

  test('the same where nobody knows the name any more: the disk was too full to note it', () =>
    killedAndDoneAgain(`${made.database}.sick-before`));

  async function killedAndDoneAgain(before: string) {
    const open = new DatabaseSync(made.database);
    open.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    open.exec(`UPDATE ValidPaths SET registrationTime = 4 WHERE id = ${count}`);
    const files = ['', '-wal'].map((log) => readFileSync(`${made.database}${log}`));
    open.close();
    writeFileSync(made.database, files[0] ?? '');
    writeFileSync(`${made.database}.rebuilt`, 'half');
    writeFileSync(`${made.database}.rebuilt-journal`, 'half');
    linkSync(made.database, before);
    writeFileSync(`${before}-wal`, files[1] ?? '');
    await replaced();
    expect(made.rows()).toEqual(whole);
    expect(made.sql('SELECT id FROM ValidPaths WHERE registrationTime = 4')).toEqual([{ id: count }]);
    expect([readFileSync(aside()), readFileSync(`${aside()}-wal`)]).toEqual(files);
  }

  test('one that was put aside is never written over', async () => {
    writeFileSync(aside(), 'of an earlier time');
    await expect(replaced()).rejects.toThrow('is there already');
    expect(readFileSync(aside(), 'utf8')).toBe('of an earlier time');
  });
});

describe('a copy', () => {
  test('is of one moment, with what only the log has', async () => {
    made.sql('PRAGMA journal_mode = WAL');
    const to = `${made.directory}/aside/copy.sqlite`;
    expect(await copy(made.database, to, progress)).toEqual({ bytes: statSync(to).size, raw: false });
    expect(made.rows(to)).toEqual(whole);
    expect(check(to, 5, progress)).toEqual({ problems: [] });
  });

  test('of one whose writer was killed: with its journal, and what was half done is taken back', async () => {
    const open = new DatabaseSync(made.database);
    open.exec('PRAGMA cache_size = 1; BEGIN; UPDATE ValidPaths SET registrationTime = 4');
    const files = ['', '-journal'].map((log) => readFileSync(`${made.database}${log}`));
    open.exec('ROLLBACK');
    open.close();
    for (const [at, log] of ['', '-journal'].entries())
      writeFileSync(`${made.database}${log}`, files[at] ?? '');
    const to = `${made.directory}/copy.sqlite`;
    expect(await copy(made.database, to, progress)).toMatchObject({ raw: true });
    expect(readFileSync(`${made.database}-journal`)).toEqual(files[1]);
    expect(check(to, 5, progress)).toEqual({ problems: [] });
    expect(made.sql('SELECT DISTINCT registrationTime AS at FROM ValidPaths', to)).toEqual([{ at: 1 }]);
    await replaced();
    expect(made.sql('SELECT DISTINCT registrationTime AS at FROM ValidPaths')).toEqual([{ at: 1 }]);
  });

  test('goes over nothing that is there, follows no link, and leaves nothing of one that fails', async () => {
    const [to, other] = [`${made.directory}/copy.sqlite`, `${made.directory}/other`];
    writeFileSync(other, 'somebody’s');
    writeFileSync(to, 'somebody’s');
    await expect(copy(made.database, to, progress)).rejects.toThrow(/copy\.sqlite is there already/);
    writeFileSync(made.database, 'x'.repeat(5000));
    writeFileSync(`${made.database}-wal`, 'log');
    rmSync(to);
    symlinkSync(other, `${to}-wal`);
    await expect(copy(made.database, to, progress)).rejects.toThrow(/-wal is there already/);
    expect(readFileSync(other, 'utf8')).toBe('somebody’s');
    const names = readdirSync(made.directory).filter((name) => name.startsWith('copy'));
    expect(names).toEqual(['copy.sqlite-wal']);
    rmSync(`${to}-wal`);
    symlinkSync(other, `${to}.part`);
    expect(await copy(made.database, to, progress)).toEqual({ bytes: 5000, raw: true });
    expect(readFileSync(other, 'utf8')).toBe('somebody’s');
    expect(readFileSync(`${to}-wal`, 'utf8')).toBe('log');
  });

  test('of what is no database: its bytes', async () => {
    writeFileSync(made.database, 'x'.repeat(5000));
    const to = `${made.directory}/copy.sqlite`;
    expect(await copy(made.database, to, progress)).toEqual({ bytes: 5000, raw: true });
    expect(check(to, 5, progress).problems).toEqual(['file is not a database']);
  });
});
