/** The file that Nix keeps of a log: read when it is wanted, and only then. */
import { describe, expect, test } from 'vitest';
import { identityKey } from '../../../src/base/identity.ts';
import type { Model } from '../../../src/model/model.ts';
import { createLogFileReader } from '../../../src/modes/dashboard/log-file.ts';
import { applyModel } from '../../../src/state/apply-model.ts';
import { createDashboardStore } from '../../../src/state/create.ts';
import { pressed } from '../../state/support.ts';
import type { FakeEntry } from '../../support/fake-files.ts';
import { createFakePorts, settled } from '../../support/fake-ports.ts';
import { box, boxFirefox } from '../../support/followed-fixture.ts';
import { firefox, busy as machine } from '../../support/model-fixture.ts';

const hash = 'c'.repeat(32);
const busy: Model = { ...machine, builds: machine.builds.map((one) => ({ ...one, drvHash: hash })) };
const file = `/nix/var/log/nix/drvs/${hash.slice(0, 2)}/${hash.slice(2)}-firefox-130.0.drv`;

function open(model: Model, tree: Readonly<Record<string, FakeEntry>>) {
  const ports = createFakePorts({ tree });
  const terminal = { columns: 80, rows: 24, unicode: true, color: true };
  const store = createDashboardStore({
    model,
    terminal,
    ui: { view: 'builds', selected: identityKey(firefox) },
  });
  const reader = createLogFileReader(store, ports);
  const press = async (...keys: readonly string[]) => {
    store.setState((state) => pressed(state, ...keys), true);
    for (let turn = 0; turn < 5; turn += 1) await settled();
  };
  return { ports, store, reader, press, log: () => store.getState().log };
}

describe('nothing is read', () => {
  test('before a log is opened, by ticks, and where the stream has it', async () => {
    const { ports, store, press } = open(box, { [file]: 'x\n' });
    store.setState((state) => applyModel(state, { ...box, timeMs: box.timeMs + 1000 }), true);
    await press('l');
    store.setState((state) => applyModel(state, { ...box, timeMs: box.timeMs + 2000 }), true);
    await settled();
    expect(ports.files.calls).toEqual([]);
    expect(ports.spawn.calls).toEqual([]);
  });
});

describe('a plain one', () => {
  test('is read when the log is opened and no stream has it', async () => {
    const { press, log } = open(busy, { [file]: 'one\n\u001b[31mtwo\u001b[0m\u001b]0;title\u0007\nthree\n' });
    await press('l');
    expect(log()).toMatchObject({
      from: 'file',
      kept: { lines: ['one', '\u001b[31mtwo\u001b[0m', 'three'], total: 3 },
    });
  });

  test('is read again by the key', async () => {
    const { ports, press, log } = open(busy, { [file]: 'one\n' });
    await press('l');
    ports.files.set(file, 'one\ntwo\n');
    await press('l');
    expect(log()?.kept.lines).toEqual(['one', 'two']);
  });

  test('may be empty: Nix writes it in pieces', async () => {
    const { press, log } = open(busy, { [file]: '' });
    await press('l');
    expect(log()).toMatchObject({ from: 'file', kept: { lines: [], total: 0 } });
  });

  test('that is huge is read at its end', async () => {
    const { ports, press, log } = open(busy, { [file]: 'x' });
    ports.files.setOwner(file, { bytes: 2 ** 30 });
    ports.spawn.onStream = () => ({ lines: ['last'], exitCode: 0 });
    await press('l');
    expect(ports.spawn.calls[0]).toMatchObject({ file: 'tail', args: ['-n', '5000', file] });
    expect(log()?.kept).toMatchObject({ lines: ['last'], total: null });
  });
});

describe('a compressed one', () => {
  const tree = { [`${file}.bz2`]: 'BZh' };

  test('goes through bzip2, is counted, and of a long one the last lines are kept', async () => {
    const { ports, press, log } = open(busy, tree);
    ports.spawn.onStream = () => ({
      lines: Array.from({ length: 48_211 }, (_, index) => `line ${index}`),
      exitCode: 0,
    });
    await press('l');
    expect(ports.spawn.calls.map((call) => [call.file, ...call.args])).toEqual([
      ['bzip2', '-dc', `${file}.bz2`],
    ]);
    expect(log()?.kept.lines).toHaveLength(5000);
    expect(log()?.kept).toMatchObject({ total: 48_211 });
    expect(log()?.kept.lines.at(-1)).toBe('line 48210');
  });

  test('through Nix, where there is no bzip2', async () => {
    const { ports, press, log } = open(busy, tree);
    ports.spawn.onStream = (name) =>
      name === 'bzip2'
        ? { ok: false, problem: { kind: 'gone', where: name } }
        : { lines: ['by Nix'], exitCode: 0 };
    await press('l');
    expect(ports.spawn.calls[1]).toMatchObject({
      file: 'nix-store',
      args: ['--read-log', `/nix/store/${hash}-firefox-130.0.drv`],
    });
    expect(log()?.kept.lines).toEqual(['by Nix']);
  });

  test('of a build that runs it has no end yet, and that is said', async () => {
    const { ports, press, log } = open(busy, tree);
    ports.spawn.onStream = () => ({
      lines: ['2>', '2>bzip2: Compressed file ends unexpectedly;'],
      exitCode: 2,
    });
    await press('l');
    expect(log()?.file).toEqual({ state: 'unread', reason: 'bzip2: Compressed file ends unexpectedly;' });
  });

  test('is let go of when the log is left', async () => {
    const { ports, press, log } = open(busy, tree);
    ports.spawn.onStream = () => ({ endless: true });
    await press('l');
    expect(log()?.file).toEqual({ state: 'reading', lines: 0 });
    await press('escape');
    expect(ports.spawn.calls[0]?.cancelled).toBe(true);
    expect(log()).toBeNull();
  });
});

test('what is not there, or not ours to read, is said', async () => {
  const gone = open(busy, {});
  await gone.press('l');
  expect(gone.log()?.file).toEqual({ state: 'unread', reason: `there is none at ${file}.bz2` });
  const denied = open(busy, { [file]: { problem: 'denied' }, [`${file}.bz2`]: { problem: 'denied' } });
  await denied.press('l');
  expect(denied.log()?.file).toEqual({ state: 'unread', reason: `${file}.bz2: denied` });
});

test('of a log that the stream has, the whole by the key', async () => {
  const whole = '/nix/var/log/nix/drvs/aa/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-firefox-130.0.drv';
  const { press, log } = open(box, { [whole]: 'all of it\n' });
  expect(boxFirefox.log?.drv).toContain('aaaa');
  await press('l');
  expect(log()?.from).toBe('stream');
  await press('l');
  expect(log()).toMatchObject({ from: 'file', kept: { lines: ['all of it'] } });
});

test('closed it reads nothing more', async () => {
  const { ports, reader, press } = open(busy, { [file]: 'x\n' });
  reader.close();
  await press('l');
  expect(ports.files.calls).toEqual([]);
});
