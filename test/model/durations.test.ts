import { describe, expect, it } from 'vitest';
import {
  durationHost,
  durationName,
  runsOfBuild,
  timesUsual,
  usualOf,
  withNamed,
} from '../../src/model/rebuild/durations.ts';
import { isDerivation, namedDerivations } from '../../src/model/rebuild/named-derivations.ts';
import { eventsOf, logBytes, logNames } from '../support/logs.ts';
import { drvOf } from '../support/rebuild-log.ts';

describe('the name under which durations are kept', () => {
  it.each([
    ['firefox-130.0', null, 'firefox'],
    ['firefox-130.0b1', 'firefox', 'firefox'],
    ['python3.11-numpy-1.26.4', null, 'python3.11-numpy'],
    ['unit-nginx.service', null, 'unit-nginx.service'],
    ['python3-3.11', null, 'python'],
  ])('%s with pname %s is %s, as nix-output-monitor says', (name, pname, expected) => {
    const drv = drvOf(name);
    const derivation = pname === null ? undefined : { drv, inputs: [], pname, system: null };
    expect(durationName(drv, derivation)).toBe(expected);
  });

  it('has a host that is a builder’s name, and none here', () => {
    expect(
      [null, 'localhost', 'ssh-ng://u@big-arm?x=1', 'big-arm', 'ssh://big-arm/'].map(durationHost),
    ).toEqual([...['', '', 'big-arm', 'big-arm', 'big-arm']]);
  });
});

describe('what builds of a name took', () => {
  const hosts = [
    { host: '', seconds: [40, 20, 30, 10, 50] },
    { host: 'big-arm', seconds: [5] },
  ];
  const durations = withNamed(new Map(), [{ name: 'a', hosts }]);
  const known = { derivations: new Map(), durations };

  it('is their median and quartiles, on the host where it is built', () => {
    const drv = drvOf('a-1.0');
    expect(usualOf(known, { drv, host: null })).toEqual({ medianSec: 30, lowSec: 20, highSec: 40, runs: 5 });
    expect(usualOf(known, { drv, host: 'ssh://u@big-arm' })).toMatchObject({ medianSec: 5, runs: 1 });
    expect(usualOf(known, { drv, host: 'ssh://other' })).toMatchObject({ runs: 6 });
    expect(runsOfBuild(known, drv, undefined)?.sorted).toEqual([5, 10, 20, 30, 40, 50]);
    expect(usualOf(known, { drv: drvOf('b'), host: null })).toBeNull();
  });

  it('is replaced by what comes later, and taken back', () => {
    const later = withNamed(durations, [{ name: 'a', hosts: [{ host: '', seconds: [7] }] }]);
    expect(later.get('a')?.all.sorted).toEqual([7]);
    expect([...(later.get('a')?.hosts.keys() ?? [])]).toEqual(['']);
    expect(withNamed(later, [{ name: 'a', hosts: [] }]).size).toBe(0);
    expect(withNamed(later, [])).toBe(later);
  });

  it('is left behind where a build takes far longer', () => {
    const usual = { medianSec: 100, lowSec: 90, highSec: 120, runs: 10 };
    expect(timesUsual(140, usual)).toBeNull();
    expect(timesUsual(310, usual)).toBe(3.1);
    expect(timesUsual(310, null)).toBeNull();
    expect(timesUsual(12, { ...usual, medianSec: 1, highSec: 2 })).toBeNull();
  });
});

describe('which derivations a stream names', () => {
  it('are those of its plan, its builds and its failures, in every real stream', () => {
    let named = 0;
    for (const name of logNames) {
      const drvs = namedDerivations(eventsOf(logBytes(name)));
      expect(drvs.every(isDerivation)).toBe(true);
      named += new Set(drvs).size;
    }
    expect(named).toBeGreaterThan(150);
    expect(new Set(namedDerivations(eventsOf(logBytes('nix-2.8/nixbuild-parallel')))).size).toBe(5);
  });

  it('are files of the store and of nothing else', () => {
    const hash = 'a'.repeat(32);
    expect(isDerivation(`/nix/store/${hash}-x-1.0.drv`)).toBe(true);
    for (const path of [
      `/nix/store/${hash}-x`,
      // Others may write to it.
      `/home/me/chroot/nix/store/${hash}-x.drv`,
      `/etc/${hash}-x.drv`,
      `/nix/store/../../home/store/${hash}-x.drv`,
      `/nix/store/${hash}-x.drv/y`,
      `nix/store/${hash}-x.drv`,
      `/nix/store/${hash}-x\0.drv`,
    ])
      expect(isDerivation(path)).toBe(false);
  });
});
