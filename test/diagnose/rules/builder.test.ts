/** Machines that build for this one: silent, not taking, not able. */
import { describe, expect, test } from 'vitest';
import type { ProcessRaw } from '../../../src/model/sample.ts';
import { client, daemon, process, worker } from '../../support/forest-raw.ts';
import { error, progress, say, start, stop } from '../../support/rebuild-log.ts';
import { findIn, firstFound } from './found.ts';

const drv = (name: string) => `/nix/store/${'d'.repeat(32)}-${name}.drv`;
const nobodyElse = [daemon(), client(150), worker(200, 150)];

/** The hook of one remote build and its ssh. */
const remote = (
  pid: number,
  argv: readonly string[],
  spec: Partial<ProcessRaw> = {},
): readonly ProcessRaw[] => [
  process({ pid, ppid: 200, comm: 'nix', facts: { argv: ['nix', '__build-remote', '3'] } }),
  process({ pid: pid + 1, ppid: pid, session: pid, comm: 'ssh', facts: { argv }, ...spec }),
];
const legacy = ['ssh', '-x', 'root@big-arm', '--', 'nix-store', '--serve', '--write'];
const modern = ['ssh', '-x', 'root@big-arm', '--', 'nix-daemon', '--stdio'];

describe('a builder of which nothing is heard', () => {
  const silent = (argv: readonly string[]) => () => ({ processes: [...nobodyElse, ...remote(500, argv)] });

  test('is told after two minutes, and is worth a line after ten', () => {
    expect(firstFound('builder', 200, silent(legacy), () => true)).toBe(110);
    expect(firstFound('builder', 700, silent(legacy), undefined, { everySec: 5 })).toBe(600);
    const { texts, findings, remedies } = findIn('builder', 720, silent(legacy), { everySec: 5 });
    expect(texts).toEqual([
      'likely: an unnamed build (pid 500), remote on big-arm: no bytes from there (over ssh://, whose log may stand for ever), 12 min',
    ]);
    expect(findings).toMatchObject([
      {
        subject: { kind: 'builder', host: 'big-arm' },
        level: 'warning',
        found: { legacy: true },
        probe: 'builder',
      },
    ]);
    expect(remedies.join('\n')).toContain('nix-store --serve');
  });

  test('over ssh-ng it is only possible: a link there may say nothing for an hour', () => {
    const { findings, remedies } = findIn('builder', 3600, silent(modern), { everySec: 10 });
    expect(findings).toMatchObject([{ state: 'possible', found: { legacy: false } }]);
    expect(remedies.join('\n')).not.toContain('--serve');
  });

  test('all of its builds at once make it likely', () => {
    const { findings } = findIn(
      'builder',
      720,
      () => ({ processes: [...nobodyElse, ...remote(500, modern), ...remote(510, modern)] }),
      { everySec: 5 },
    );
    expect(findings).toMatchObject([{ state: 'likely', found: { builds: 2 } }]);
  });

  test('whose ssh moves is heard', () => {
    const scene = (second: number) => ({
      processes: [...nobodyElse, ...remote(500, legacy, { userTicks: Math.floor(second / 10) * 30 })],
    });
    expect(firstFound('builder', 1200, scene, () => true, { everySec: 5 })).toBeNull();
    expect(findIn('builder', 60, scene).hypothesis.state).toBe('refuted');
  });
});

test('an upload that stands names its last byte and the side that does not take', () => {
  const path = `/nix/store/${'e'.repeat(32)}-source`;
  const scene = (second: number) => ({
    says:
      second === 0
        ? [start(1, 100, `copying path '${path}' to 'ssh://h'`, [path, '', 'ssh://h'])]
        : [progress(1, Math.min(second * 7e6, 406e6), 410e6, 0, 0)],
  });
  expect(firstFound('builder', 400, scene)).toBe(178);
  const { texts, findings, remedies } = findIn('builder', 1258, scene, { everySec: 2 });
  expect(texts).toEqual(['likely: no byte to h of source, 387M of 391M; h takes no more, 20 min']);
  expect(findings).toMatchObject([{ level: 'critical', subject: { kind: 'builder', host: 'ssh://h' } }]);
  expect(remedies).toContain('key cancel');
});

describe('builds that no machine may do', () => {
  const here = '{benchmark, big-parallel, kvm, nixos-test}';
  const newer = (name: string) =>
    error(
      `Cannot build '${drv(name)}'.\nReason: required system or feature not available\nRequired system: 'x86_64-linux' with features {big-parallel}\nCurrent system: 'x86_64-linux' with features {gpu, cuda}`,
    );
  const names = Array.from({ length: 40 }, (_, i) => `thing-${i}`);

  test('forty of one root are one finding', () => {
    const { texts, findings, remedies } = findIn('builder', 3, (second) => ({
      says: second === 1 ? names.map(newer) : [],
    }));
    expect(texts).toEqual([
      'no machine may build thing-0 and 39 more: big-parallel is missing; this machine is x86_64-linux {gpu cuda}',
    ]);
    expect(findings).toMatchObject([
      { level: 'critical', found: { kind: 'no-machine', missing: ['big-parallel'], count: 40 } },
    ]);
    expect(remedies).toEqual(['nix', 'advice']);
  });

  test('the old words, as plain lines, say the same', () => {
    const { texts } = findIn('builder', 3, (second) => ({
      says:
        second === 1
          ? [
              error(
                `a 'x86_64-linux' with features {kvm, nixos-test} is required to build '${drv('vm-test')}', but I am a 'x86_64-linux' with features {benchmark, big-parallel}`,
              ),
            ]
          : [],
    }));
    expect(texts).toEqual([
      'no machine may build vm-test: kvm and nixos-test are missing; this machine is x86_64-linux {benchmark big-parallel}',
    ]);
  });

  test('another system, with what the builders are', () => {
    const table = `Failed to find a machine for remote build!\nderivation: ${drv('arm')}\nrequired (system, features): (aarch64-linux, [])\n2 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n([x86_64-linux], 8, [kvm], [])\n([i686-linux], 2, [], [])`;
    const { texts } = findIn('builder', 3, (second) => ({
      says:
        second === 1
          ? [
              say(table, 1),
              error(
                `Cannot build '${drv('arm')}'.\nReason: required system or feature not available\nRequired system: 'aarch64-linux' with features {}\nCurrent system: 'x86_64-linux' with features ${here}`,
              ),
            ]
          : [],
    }));
    expect(texts[0]).toContain('no machine may build arm: aarch64-linux is missing');
    expect(texts[0]).toContain('builders: x86_64-linux {kvm} and i686-linux');
  });

  test('a builder that refuses is none where this machine builds', () => {
    const table = `Failed to find a machine for remote build!\nderivation: ${drv('x')}\nrequired (system, features): (x86_64-linux, [])\n1 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n([i686-linux], 2, [], [])`;
    expect(
      firstFound(
        'builder',
        3,
        (s) => ({ says: s === 1 ? [say(table, 1)] : [] }),
        () => true,
      ),
    ).toBeNull();
  });
});

describe('waiting for a free builder', () => {
  const waits = (second: number) => ({
    says: second === 0 ? [start(1, 111, `waiting for a machine to build '${drv('x')}'`)] : [],
  });
  test('is a queue while others build there', () => {
    const busy = (second: number) => ({
      ...waits(second),
      processes: [...nobodyElse, ...remote(500, modern, { userTicks: second * 20 })],
    });
    expect(firstFound('builder', 1200, busy, undefined, { everySec: 5 })).toBeNull();
    expect(findIn('builder', 60, busy).texts).toEqual([
      '1 build waits for a free builder, 1 run elsewhere, 60 s',
    ]);
  });
  test('and is worth a line where nobody does', () => {
    expect(firstFound('builder', 1200, waits, undefined, { everySec: 5 })).toBe(600);
  });
  test('for a moment is none', () => {
    const scene = (second: number) => ({ says: second === 20 ? [stop(1)] : waits(second).says });
    expect(firstFound('builder', 100, scene, () => true)).toBeNull();
  });
});
