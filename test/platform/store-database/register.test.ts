/** Paths that the database has lost: found by who needs them, and registered by what they contain. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lost, register } from '../../../src/platform/store-database/register.ts';
import { count, type MadeStore, makeStore } from './made-store.ts';

let made: MadeStore;
let whole: readonly string[];
const progress = () => {};
beforeEach(() => {
  made = makeStore();
  whole = made.rows();
});
afterEach(() => made.close());

const looked = () => lost({ ...made, progress });
const registered = () => register({ ...made, progress });
const forget = (...numbers: readonly number[]) =>
  made.sql(`DELETE FROM ValidPaths WHERE id IN (${numbers.join(', ')})`);

test('where nothing is lost there is nothing to do', async () => {
  made.root(6);
  expect(looked()).toEqual({ referrers: [], roots: [] });
  expect(await registered()).toEqual({ registered: [], referrers: 0 });
  expect(made.rows()).toEqual(whole);
});

test('a path that another refers to, and a root with what it needs', async () => {
  made.root(9);
  forget(5, 8, 9);
  made.sql('DELETE FROM Refs WHERE referrer = 9');
  expect(looked()).toEqual({ referrers: [made.path(6)], roots: [made.path(9)] });
  const done = await registered();
  expect([...done.registered].sort()).toEqual([made.path(5), made.path(8), made.path(9)]);
  expect(made.rows()).toEqual(whole);
  expect(looked()).toEqual({ referrers: [], roots: [] });
  expect(made.sql('PRAGMA foreign_key_check')).toEqual([]);
});

test('what is gone from the disk is not registered, and no reference leads there', async () => {
  forget(5);
  rmSync(made.path(5));
  expect(await registered()).toEqual({ registered: [], referrers: 1 });
  expect(made.rows().length).toBe(count - 1);
  expect(looked()).toEqual({ referrers: [], roots: [] });
});

test('a result that the collector knows of by a link of a link', () => {
  symlinkSync(`${made.path(6)}/bin`, `${made.directory}/result`);
  symlinkSync(`${made.directory}/result`, `${made.state}/gcroots/auto`);
  symlinkSync('/etc', `${made.state}/gcroots/elsewhere`);
  symlinkSync(`${made.directory}/no`, `${made.state}/gcroots/dangling`);
  forget(6);
  expect(looked().roots).toEqual([made.path(6)]);
});

test('what a derivation makes is none of its references, and is registered as what it makes', async () => {
  const drv = `${made.store}/${'d'.repeat(32)}-made.drv`;
  writeFileSync(
    drv,
    `Derive([("out","${made.path(1)}","","")],[],["${made.path(2)}"],"x86_64-linux","${made.path(2)}",[],[("out","${made.path(1)}")])`,
  );
  symlinkSync(drv, `${made.state}/gcroots/drv`);
  expect(await registered()).toMatchObject({ registered: [drv] });
  expect(made.rows()).toContain(`${drv} ${made.path(2)}`);
  expect(made.sql('SELECT id, path FROM DerivationOutputs')).toEqual([{ id: 'out', path: made.path(1) }]);
});

test('the lock of a path is no path, and a file of that name is', async () => {
  const locked = `${made.store}/${'c'.repeat(32)}-Cargo.lock`;
  writeFileSync(locked, '[[package]]');
  writeFileSync(`${made.path(200)}.lock`, '');
  writeFileSync(made.path(3), `${made.path(200)} ${made.path(2)} ${locked}`);
  forget(2);
  expect((await registered()).registered.toSorted()).toEqual([made.path(2), locked].toSorted());
});

test('what somebody makes at this moment is not registered half made', async () => {
  made.root(9);
  forget(5, 8, 9);
  const lock = `${made.path(8)}.lock`;
  const holder = spawn('flock', ['--no-fork', lock, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  // Nor what needs it: it would be known without its reference.
  expect(await registered()).toMatchObject({ registered: [made.path(5)] });
  expect(looked().roots).toEqual([made.path(9)]);
  holder.stdin.end();
  await once(holder, 'close');
  // A lock that a crash has left is held by nobody.
  expect(existsSync(lock)).toBe(true);
  await registered();
  expect(made.rows()).toEqual(whole);
});

test('the reference to what is made at this moment stays as it is', async () => {
  forget(5);
  const lock = `${made.path(5)}.lock`;
  const holder = spawn('flock', ['--no-fork', lock, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  expect(await registered()).toMatchObject({ registered: [] });
  expect(looked().referrers).toEqual([made.path(6)]);
  holder.stdin.end();
  await once(holder, 'close');
  await registered();
  expect(made.rows()).toEqual(whole);
});
