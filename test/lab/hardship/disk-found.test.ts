/** A real disk that stops answering is found within five seconds and a look, and forgotten when it answers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { type DerivedSample, deriveSample } from '../../../src/diagnose/derive-sample.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import { systemClock as clock } from '../../../src/platform/clock.ts';
import { createFiles } from '../../../src/platform/files.ts';
import type { Files } from '../../../src/platform/ports.ts';
import { createIostatSource } from '../../../src/samplers/iostat.ts';
import { takeTurn } from '../turn.ts';
import { until } from '../wait.ts';
import { makeBadDisk } from './disk.ts';

let endTurn = () => {};
beforeAll(async () => {
  endTurn = await takeTurn();
});
afterAll(() => endTurn());

test('a disk that stops answering', { timeout: 60_000 }, async ({ skip }) => {
  const disk = makeBadDisk({ secs: 40 });
  if (disk.kind === 'unsupported') return skip(`unsupported: ${disk.why}`);
  const real = createFiles({ clock });
  // Builds run on it, so that it carries something.
  const files: Files = {
    ...real,
    readSlow: (path, options) =>
      path === '/etc/nix/nix.conf'
        ? Promise.resolve(ok(`build-dir = ${disk.mountPoint}\n`))
        : real.readSlow(path, options),
  };
  const source = createIostatSource({ files, clock });
  let derived: DerivedSample | null = null;
  const look = (): Finding | undefined => {
    const moment = { version: 1, timeMs: Date.now(), monotonicMs: clock.monotonic() } as const;
    derived = deriveSample({ ...moment, ...source.sample() }, derived);
    return derived.model.findings.find(
      ({ subject }) => subject.kind === 'device' && subject.device === disk.device,
    );
  };
  try {
    disk.write();
    await until('writes to it', () => {
      look();
      return derived?.model.disks.some((one) => one.device === disk.device && (one.writesPerSec ?? 0) > 0);
    });
    expect(look()).toBeUndefined();
    const stalledMs = clock.monotonic();
    disk.stall();
    const found = await until('a finding', look);
    expect(found).toMatchObject({ hypothesis: 'disk', found: { kind: 'disk-stalled', device: disk.device } });
    console.log(`found after ${((clock.monotonic() - stalledMs) / 1000).toFixed(1)} s`);
    disk.recover();
    await until('its end', () => look() === undefined);
  } finally {
    source.close();
    await disk.end();
  }
});
