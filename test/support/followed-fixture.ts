/** Models with rebuilds that are followed: streams as Nix writes them, folded, and joined to the busy machine. */
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { rootCauses } from '../../src/logs/root-causes.ts';
import type { Client, Model } from '../../src/model/model.ts';
import type { DerivationRaw } from '../../src/model/rebuild/derivation.ts';
import type { FollowedRebuild, StreamOrigin } from '../../src/model/rebuild/followed.ts';
import { joinBuilds, joinClients } from '../../src/model/rebuild/join-processes.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { logBytes } from './logs.ts';
import { busy, firefox, fixtureTimeMs } from './model-fixture.ts';
import {
  bare,
  build,
  drvOf,
  error,
  line,
  progress,
  RebuildLog,
  result,
  say,
  start,
  stop,
} from './rebuild-log.ts';

export function followedOf(rebuild: Rebuild, over: Partial<FollowedRebuild> = {}): FollowedRebuild {
  const origin: StreamOrigin = {
    kind: 'command',
    words: ['nixos-rebuild', 'switch', '--flake', '.#box'],
    pid: 800,
  };
  return {
    id: 'command stream',
    origin,
    rebuild,
    client: null,
    over: rebuild.ended !== null,
    problem: null,
    lostBytes: 0,
    early: false,
    stream: 'command',
    endedUnsaid: 0,
    command: 'nixos-rebuild switch',
    failures: rootCauses(rebuild, {}),
    estimate: null,
    ...over,
  };
}

/** On a machine, with its client and its builds found. */
export function withRebuilds(
  model: Model,
  rebuilds: readonly FollowedRebuild[],
  derivations: readonly DerivationRaw[] = [],
): Model {
  const joined = joinClients(rebuilds, model, 'now', []);
  return {
    ...model,
    rebuilds: joined,
    derivations: new Map(derivations.map((one) => [one.drv, one])),
    builds: joinBuilds(model.builds, joined, [], []),
  };
}

export const rawOf = (name: string, ...inputs: readonly string[]): DerivationRaw => ({
  drv: drvOf(name),
  inputs: inputs.map(drvOf),
  pname: null,
  system: 'x86_64-linux',
});

const ago = (seconds: number) => fixtureTimeMs - seconds * 1000;
const cache = 'https://cache.nixos.org';
const path = (name: string) => `/nix/store/${'b'.repeat(32)}-${name}`;
const quiet = Array.from({ length: 34 }, (_, index) => `python3.12-module-${index}-1.${index}`);
const done = ['hello-2.12.1', 'gcc-wrapper-13.3.0', 'glibc-2.40', 'openssl-3.3.2'];

/** The graph of the machine below: what needs what. */
export const boxDerivations: readonly DerivationRaw[] = [
  rawOf('nixos-system-box-24.11', 'etc', 'system-path', 'linux-6.11.3', 'initrd-linux-6.11.3'),
  rawOf('initrd-linux-6.11.3', 'linux-6.11.3'),
  rawOf('etc', 'unit-nginx.service', 'system-path'),
  rawOf(
    'system-path',
    'firefox-130.0',
    'chromium-129.0.6668.89',
    'python3-3.12.6-env',
    'rust-bindgen-0.70.1',
    ...done,
  ),
  rawOf('chromium-129.0.6668.89', 'chromium-unwrapped-129.0.6668.89'),
  rawOf('rust-bindgen-0.70.1', 'llvm-18.1.8'),
  rawOf('python3-3.12.6-env', 'python3.12-numpy-2.1.2', 'python3.12-scipy-1.14.1', ...quiet),
  rawOf('python3.12-scipy-1.14.1', 'python3.12-numpy-2.1.2', 'openblas-0.3.28'),
];

/** nixos-rebuild of a machine, 47 minutes in: builds as in `busy`, one that failed, one that waits, two downloads. */
function boxLog(): RebuildLog {
  const planned = [
    ...boxDerivations.flatMap(({ drv, inputs }) => [drv, ...inputs]),
    drvOf('chromium-unwrapped-129.0.6668.89'),
  ].filter((drv, index, all) => all.indexOf(drv) === index);
  const log = new RebuildLog();
  log.at(
    ago(2832),
    say(`these ${planned.length} derivations will be built:`),
    ...planned.map((drv) => say(`  ${drv}`)),
    say('these 3 paths will be fetched (82.00 MiB download, 310.00 MiB unpacked):'),
    ...['linux-firmware-20241017', 'noto-fonts-24.9.1', 'glibc-locales-2.40'].map((name) =>
      say(`  ${path(name)}`),
    ),
    bare(1, 102),
    bare(2, 104),
    bare(3, 103),
    result(1, 106, 101, 82 * 2 ** 20),
    ...done.flatMap((name, index) => [
      build(10 + index, name),
      result(2, 105, index + 1, planned.length, 0, 0),
      stop(10 + index),
    ]),
  );
  log.at(ago(2822), build(20, 'firefox-130.0'), result(20, 104, 'unpackPhase'));
  log.at(ago(2700), result(20, 104, 'configurePhase'));
  log.at(ago(2400), result(20, 104, 'buildPhase'), build(21, 'chromium-unwrapped-129.0.6668.89'));
  log.at(ago(2300), result(21, 104, 'buildPhase'));
  log.at(ago(1204), build(22, 'llvm-18.1.8', 'ssh-ng://builder@big-arm.example.org'));
  log.at(ago(431), build(23, 'linux-6.11.3'), result(23, 104, 'buildPhase'));
  log.at(ago(340), build(24, 'openblas-0.3.28'), result(24, 104, 'checkPhase'));
  log.at(
    ago(300),
    ...Array.from({ length: 40 }, (_, index) =>
      line(24, `\x1b[32m[ ${index + 1}/80]\x1b[0m dgemm test ${index}`),
    ),
    line(24, '\x1b[1;31mFATAL\x1b[0m: dgemm: result differs by 3.1e-4, tolerance is 1e-9'),
    error(`builder for '${drvOf('openblas-0.3.28')}' failed with exit code 2`),
    result(2, 105, done.length, planned.length, 4, 1),
    stop(24),
  );
  log.at(ago(64), build(25, 'python3.12-numpy-2.1.2'), result(25, 104, 'checkPhase'));
  log.at(ago(95), start(30, 111, `waiting for a machine to build '${drvOf('unit-nginx.service')}'`));
  for (const [at, megabytes] of [
    [6, 10],
    [4, 14],
    [2, 18],
    [0, 22],
  ] as const) {
    if (at === 6) {
      for (const [id, name] of [
        [40, 'linux-firmware-20241017'],
        [50, 'noto-fonts-24.9.1'],
      ] as const)
        log.at(
          ago(at),
          start(id, 108, '', [path(name), cache], 1),
          start(
            id + 1,
            100,
            `copying path '${path(name)}' from '${cache}'`,
            [path(name), cache, 'local'],
            id,
          ),
          start(
            id + 2,
            101,
            `downloading '${cache}/nar/${id}.nar.xz'`,
            [`${cache}/nar/${id}.nar.xz`],
            id + 1,
          ),
        );
      log.at(ago(at), start(60, 108, '', [path('glibc-locales-2.40'), cache], 1));
    }
    log.at(
      ago(at),
      progress(42, megabytes * 2 ** 20, 48 * 2 ** 20, 0, 0),
      progress(52, (megabytes / 4) * 2 ** 20, 24 * 2 ** 20, 0, 0),
      ...Array.from({ length: 30 }, (_, index) =>
        line(
          20,
          `${index * 8 + at}:12.${index} \x1b[1mgfx/angle\x1b[0m c++ -o Unified_cpp_gfx_angle${index}.o`,
        ),
      ),
    );
  }
  return log;
}

export const boxRebuild = boxLog().rebuild;

/** Of derivations that this machine builds the hash is that of the log. */
const busyAsLogged: Model = {
  ...busy,
  builds: busy.builds.map((one) => ({ ...one, drvHash: 'a'.repeat(32), phase: null })),
};

export const box: Model = withRebuilds(busyAsLogged, [followedOf(boxRebuild)], boxDerivations);

export const boxFirefox = box.builds.find(({ pid }) => pid === firefox.pid) ?? firefox;

/** The first lines of a real stream: as it was then, a line every so many ms. */
export function streamAt(name: string, lines: number, msEach = 400): Rebuild {
  const all = new TextDecoder().decode(logBytes(name)).split('\n');
  let reader = newLogReader;
  let state = newLogState('one');
  const shown = all.slice(0, lines);
  for (const [index, text] of shown.entries()) {
    const read = readLog(reader, new TextEncoder().encode(`${text}\n`));
    reader = read.reader;
    state = foldLog(state, read.events, fixtureTimeMs - (shown.length - index) * msEach);
  }
  const [rebuild] = state.rebuilds;
  if (rebuild === undefined) throw new Error(`nothing was heard of ${name}`);
  return rebuild;
}

/** A client that rebuilds, seen on its machine. */
export function clientOf(pid: number, command: string): Client {
  const [client] = busy.clients;
  if (client === undefined) throw new Error('the fixture has clients');
  return { ...client, pid, startTime: pid * 10, command, processes: [{ pid, startTime: pid * 10 }] };
}
