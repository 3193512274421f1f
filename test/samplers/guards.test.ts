/** What guards say of themselves: whose words count, read only when they have changed, and when they are over. */
import { describe, expect, test } from 'vitest';
import type { GuardStatus } from '../../src/model/guard/guard.ts';
import { createGuardsSource } from '../../src/samplers/guards.ts';
import { createFakeFiles } from '../support/fake-files.ts';
import { createFakePorts, fakeNative, settled } from '../support/fake-ports.ts';
import { guardAct, guardStatus } from '../support/guard-status.ts';
import { statText, withDefaults } from '../support/proc-process.ts';

function procStat(of: { readonly pid: number; readonly startTime: number }): string {
  return statText(withDefaults(of)).toString();
}

const system = '/run/nixpulse-guard';
const mine = '/run/user/1000/nixpulse-guard';

function watched({ live = true }: { live?: boolean } = {}) {
  const { clock } = createFakePorts();
  const files = createFakeFiles({ '/proc/1/stat': procStat({ pid: 1, startTime: 1 }) }, live);
  const source = createGuardsSource({ files, clock, native: fakeNative({ uid: 1000 }) }, [system, mine]);
  let writes = 0;
  const writeText = (directory: string, text: string, owner: { uid?: number; mode?: number } = {}) => {
    writes += 1;
    const path = `${directory}/status.json`;
    files.set(path, text);
    files.setOwner(path, { bytes: text.length, mtimeMs: writes, mode: 0o100644, ...owner });
  };
  return {
    ...{ clock, files, source, writeText },
    said: (over: Partial<GuardStatus> = {}) => guardStatus({ atMs: clock.now(), ...over }),
    write(directory: string, status: unknown, owner?: { uid?: number; mode?: number }) {
      writeText(directory, JSON.stringify(status), owner);
    },
    async look(seconds = 4) {
      let last: ReturnType<typeof source.sample>['guards'];
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1000);
        last = source.sample().guards ?? last;
        for (let turn = 0; turn < 4; turn += 1) await settled();
      }
      return last;
    },
  };
}

test('of the machine and our own; given when they say something new', async () => {
  const { said, write, look } = watched();
  expect(await look()).toBeUndefined();
  const status = said();
  write(system, status, { uid: 0 });
  expect(await look()).toMatchObject({
    ok: true,
    value: [{ ...status, directory: system, uid: 0, ended: false }],
  });
  expect(await look()).toBeUndefined();
  write(mine, said({ pid: 7, dryRun: false }), { uid: 1000 });
  expect(await look()).toMatchObject({ value: [{ pid: 640 }, { pid: 7, dryRun: false, directory: mine }] });
});

test('one stat of each directory in two seconds, and no read of what is the same', async () => {
  const { files, said, write, look } = watched();
  write(system, said());
  await look();
  files.forget();
  await look(20);
  expect(files.count('ownerSlow', `${system}/status.json`)).toBe(10);
  expect(files.count('ownerSlow', `${mine}/status.json`)).toBe(10);
  expect(files.count('readSlow', `${system}/status.json`)).toBe(0);
});

test('of a captured tree nothing', async () => {
  const { files, said, write, look } = watched({ live: false });
  write(system, said());
  expect(await look()).toBeUndefined();
  expect(files.calls).toEqual([]);
});

describe('whose words do not count', () => {
  test("another user's", async () => {
    const { files, said, write, look } = watched();
    write(system, said(), { uid: 1001 });
    expect(await look()).toMatchObject({
      ok: false,
      problem: { kind: 'denied', where: `${system}/status.json`, cause: 'it is of uid 1001' },
    });
    expect(files.count('readSlow', `${system}/status.json`)).toBe(0);
  });

  test.each([
    ['a link', 0o120777],
    ['a FIFO', 0o010644],
    ['a directory', 0o040755],
  ])('%s is not opened', async (_, mode) => {
    const { files, said, write, look } = watched();
    write(system, said(), { mode });
    expect(await look()).toMatchObject({ ok: false, problem: { kind: 'malformed' } });
    expect(files.count('readSlow', `${system}/status.json`)).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(guardStatus()).slice(0, 300)],
    ['another version', JSON.stringify({ ...guardStatus(), version: 2 })],
    ['a list', '[]'],
    ['numbers that are none', JSON.stringify({ ...guardStatus(), pid: -1 })],
  ])('%s', async (_, text) => {
    const { writeText, look, write, said } = watched();
    writeText(system, text);
    expect(await look()).toMatchObject({ ok: false, problem: { kind: 'malformed' } });
    // A guard elsewhere is seen all the same, and this one when it is whole.
    write(mine, said({ pid: 7 }), { uid: 1000 });
    expect(await look()).toMatchObject({ ok: true, value: [{ pid: 7 }] });
    write(system, said());
    expect(await look()).toMatchObject({ ok: true, value: [{ pid: 640 }, { pid: 7 }] });
  });
});

test('it is over: its file is gone', async () => {
  const { files, said, write, look } = watched();
  write(system, said());
  await look();
  Object.assign(files, { ownerSlow: createFakeFiles().ownerSlow });
  expect(await look()).toMatchObject({ ok: true, value: [] });
});

describe('it was killed', () => {
  test('and is gone: said after some seconds, forgotten after an hour', async () => {
    const { clock, said, write, look } = watched();
    write(system, said());
    expect(await look()).toMatchObject({ value: [{ ended: false }] });
    expect(await look(12)).toMatchObject({ value: [{ ended: true }] });
    clock.advance(3_600_000);
    expect(await look()).toMatchObject({ value: [] });
  });

  test('or only stands still', async () => {
    const { files, said, write, look } = watched();
    write(system, said());
    files.set('/proc/640/stat', procStat({ pid: 640, startTime: 6400 }));
    await look();
    expect(await look(30)).toBeUndefined();
  });

  test('and somebody else has its pid', async () => {
    const { files, said, write, look } = watched();
    write(system, said());
    files.set('/proc/640/stat', procStat({ pid: 640, startTime: 9999 }));
    expect(await look(20)).toMatchObject({ value: [{ ended: true }] });
  });

  test('where /proc hides others nobody knows', async () => {
    const { files, said, write, look } = watched();
    files.remove('/proc/1/stat');
    write(system, said());
    expect(await look(30)).toMatchObject({ value: [{ ended: false }] });
  });
});

test('a disk that does not answer says nothing new', async () => {
  const { files, said, write, look } = watched();
  write(system, said());
  await look();
  Object.assign(files, { ownerSlow: async () => ({ ok: false, problem: { kind: 'timeout', where: 'x' } }) });
  expect(await look()).toBeUndefined();
});

test('the guard of this process tells by itself, once', async () => {
  const { source, said, write, look } = watched();
  source.tell(said({ scope: 'command' }));
  expect(await look()).toMatchObject({ value: [{ scope: 'command', directory: null, uid: null }] });
  write(mine, said(), { uid: 1000 });
  expect(await look()).toMatchObject({ value: [{ scope: 'command', directory: mine, uid: 1000 }] });
  source.tell(null);
  expect(await look()).toMatchObject({ value: [{ directory: mine }] });
});

test('which tells no more often than a file would, but for what it did', async () => {
  const { source, said, look } = watched();
  const status = said();
  source.tell(status);
  expect(await look()).toMatchObject({ value: [{ acts: status.acts }] });
  source.tell({ ...status, atMs: status.atMs + 1000 });
  expect(await look()).toBeUndefined();
  source.tell({ ...status, atMs: status.atMs + 1000, acts: [...status.acts, guardAct()] });
  expect(await look()).toMatchObject({ value: [{ acts: [...status.acts, guardAct()] }] });
  source.tell({ ...status, atMs: status.atMs + 3000 });
  expect(await look()).toMatchObject({ value: [{ atMs: status.atMs + 3000 }] });
});
