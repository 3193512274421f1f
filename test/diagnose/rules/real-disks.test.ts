/** Real file systems, made small and filled: a tmpfs for builds, an ext4 without inodes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { type DerivedSample, deriveSample } from '../../../src/diagnose/derive-sample.ts';
import { foundText } from '../../../src/format/findings.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createFiles } from '../../../src/platform/files.ts';
import type { Files } from '../../../src/platform/ports.ts';
import { createIostatSource } from '../../../src/samplers/iostat.ts';
import { mountFewInodes, mountTmpfs, noDisks } from '../../support/small-disk.ts';

/** This machine, on which builds run in that directory. */
function buildsIn(directory: string) {
  const clock = systemClock;
  const real = createFiles({ clock });
  const files: Files = {
    ...real,
    readSlow: (path, options) =>
      path === '/etc/nix/nix.conf'
        ? Promise.resolve(ok(`build-dir = ${directory}\n`))
        : real.readSlow(path, options),
  };
  const source = createIostatSource({ files, clock });
  let derived: DerivedSample | null = null;
  return {
    /** What is found of that mount, or its disk, after another look; the storage is read at its own pace. */
    look(): readonly Finding[] {
      const parts = source.sample();
      derived = deriveSample(
        { version: 1, timeMs: Date.now(), monotonicMs: clock.monotonic(), ...parts },
        derived,
      );
      const row = derived.model.filesystems.find(({ mountPoint }) => mountPoint === directory);
      return derived.model.findings.filter(
        ({ subject }) =>
          (subject.kind === 'filesystem' && subject.mountPoint === directory) ||
          (subject.kind === 'device' && subject.device === row?.device),
      );
    },
    [Symbol.dispose]: () => source.close(),
  };
}
type Watched = ReturnType<typeof buildsIn>;

/** Looks until it is so; the kinds of what was found, in their order. */
async function until(watched: Watched, wanted: (found: Finding) => boolean, also: () => void = () => {}) {
  const kinds: string[] = [];
  for (let looks = 0; looks < 120; looks += 1) {
    const found = watched.look();
    for (const { found: one } of found) if (!kinds.includes(one.kind)) kinds.push(one.kind);
    const match = found.find(wanted);
    if (match !== undefined) return { match, kinds };
    also();
    await pause(250);
  }
  throw new Error(`not found: ${kinds}`);
}

const limit = { timeout: 60_000 };
const skip = noDisks !== null;
if (skip) console.warn(`Skipping real disks: ${noDisks}.`);

test.skipIf(skip)('a tmpfs for builds is said to fill before a write fails', limit, async () => {
  using tmpfs = mountTmpfs('256m');
  using watched = buildsIn(tmpfs.path);
  const build = join(tmpfs.path, 'nix-build-thing-1.0.drv-0', 'source');
  mkdirSync(build, { recursive: true });
  let written = 0;
  const write = () => {
    if (written >= 232) return;
    writeFileSync(join(build, `part-${written}`), Buffer.alloc(8 << 20));
    written += 8;
  };
  const isKnown = ({ found }: Finding) => found.kind === 'space' && found.holders !== undefined;
  const { match, kinds } = await until(watched, isKnown, write);
  expect(kinds[0]).toBe('space-fills');
  expect(foundText(match.found)).toMatch(
    /\(tmpfs\) is \d+% full, .* free, where builds run; of it thing-1.0 \d+ MB$/,
  );
});

test.skipIf(skip)('an ext4 without inodes is short of inodes, not of bytes', limit, async () => {
  using disk = mountFewInodes();
  using watched = buildsIn(disk.path);
  const directory = join(disk.path, 'files');
  mkdirSync(directory);
  for (let i = 0; i < 4080; i += 1) writeFileSync(join(directory, `${i}`), '');
  const { match } = await until(watched, ({ found }) => found.kind === 'space');
  expect(match.found).toMatchObject({ what: 'inodes', role: 'build-directory' });
  expect(foundText(match.found)).toContain('has no inodes left');
});
