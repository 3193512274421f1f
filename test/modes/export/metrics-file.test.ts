import { expect, test } from 'vitest';
import { createMetricsFile } from '../../../src/modes/export/metrics-file.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeOwnFiles } from '../../support/fake-own-files.ts';

const path = '/textfiles/nixpulse.prom';
const settled = () => new Promise((resolve) => setImmediate(resolve));

function start() {
  const clock = createFakeClock();
  const ownFiles = createFakeOwnFiles();
  const pending = { count: 0 };
  const asked: object[] = [];
  const told: (string | null)[] = [];
  let looks = 0;
  const file = createMetricsFile({
    ...{
      path,
      everyMs: 15_000,
      clock,
      text: () => `looks ${looks}\n`,
      onTrouble: (why) => void told.push(why),
    },
    ownFiles: {
      replace: (to, text, options = {}) => {
        asked.push(options);
        return ownFiles.replace(to, text);
      },
      remove: (of) => ownFiles.remove(of),
      get pending() {
        return pending.count;
      },
    },
  });
  const look = async (ms = 0) => {
    clock.advance(ms);
    looks += 1;
    file.looked();
    await settled();
  };
  return { file, ownFiles, pending, asked, told, look, text: () => ownFiles.texts.get(path) };
}

test('is written with the first look, then every so often, for everybody, and removed at the end', async () => {
  const { file, look, text, asked } = start();
  expect(await file.begin()).toBeNull();
  expect(text()).toBe('looks 0\n');
  await look();
  expect(text()).toBe('looks 1\n');
  await look(14_000);
  expect(text()).toBe('looks 1\n');
  await look(1000);
  expect(text()).toBe('looks 3\n');
  expect(asked[0]).toEqual({ shared: true, synced: false, makesDirectory: false });
  await file.end();
  expect(text()).toBeUndefined();
});

test('a disk that does not answer has one write at most; it is told once, and when it is over', async () => {
  const { file, look, text, told, pending, asked } = start();
  await file.begin();
  pending.count = 1;
  await look(15_000);
  await look(15_000);
  expect(asked).toHaveLength(1);
  expect(told).toEqual(['its disk does not answer']);
  expect(file.failures).toBe(2);
  pending.count = 0;
  await look(15_000);
  expect(told).toEqual(['its disk does not answer', null]);
  expect(text()).toBe('looks 3\n');
  pending.count = 1;
  await file.end();
  expect(text()).toBe('looks 3\n');
});

test('why it cannot be written is said, at the start and later', async () => {
  const { file, look, ownFiles, told } = start();
  ownFiles.failing.set(path, 'gone');
  expect(await file.begin()).toMatchObject({ kind: 'gone' });
  await look();
  ownFiles.failing.set(path, 'denied');
  await look(15_000);
  expect(told).toEqual(['there is no such directory', 'permission denied']);
});
