import { describe, expect, test } from 'vitest';
import type { Given } from '../../../src/modes/mode.ts';
import { baselineOf, bootingNow, generationFacts } from '../../../src/modes/watch/score-facts.ts';
import { createFakePorts } from '../../support/fake-ports.ts';
import { switchTo, systemPath, systemTree } from '../../support/generation-tree.ts';
import { busy } from '../../support/model-fixture.ts';

const words = ['sudo', 'nixos-rebuild', 'switch'];

function machine() {
  const ports = createFakePorts({ tree: systemTree(3) });
  return { ports, given: { ports } as unknown as Given };
}

describe('the generation that boots', () => {
  test('before and after', async () => {
    const { ports, given } = machine();
    switchTo(ports.files, 2);
    expect(await bootingNow(given, words)).toBe(2);
    switchTo(ports.files, 3);
    expect(await generationFacts(given, words, 2)).toEqual({
      ...{ before: 2, now: 3 },
      soundness: { state: 'sound' },
    });
  });

  test('one that lacks what it boots with', async () => {
    const { ports, given } = machine();
    ports.files.remove(`${systemPath(3)}/activate`);
    expect(await generationFacts(given, words, 2)).toMatchObject({
      soundness: { state: 'unsound', flaws: ['activate is missing'] },
    });
  });

  test('what does not answer is unknown, and what is no system is none', async () => {
    const { ports, given } = machine();
    ports.files.set('/nix/var/nix/profiles/system', { problem: 'denied' });
    expect(await generationFacts(given, words, null)).toMatchObject({
      now: null,
      soundness: { state: 'unknown', why: '/nix/var/nix/profiles/system: denied' },
    });
    ports.files.set('/nix/var/nix/profiles/system', { link: '/nix/store/elsewhere' });
    expect(await generationFacts(given, words, null)).toMatchObject({ soundness: { state: 'unknown' } });
    expect(await generationFacts(given, ['nix', 'build'], null)).toBeNull();
    expect(await bootingNow(given, ['nix', 'build'])).toBeNull();
  });
});

test('the machine before it begins: the slowest disk, and what is left', () => {
  const baseline = baselineOf(busy);
  const slowest = Math.max(...busy.disks.flatMap((one) => [one.readAwaitMs ?? 0, one.writeAwaitMs ?? 0]));
  expect(baseline).toMatchObject({
    atMs: busy.timeMs,
    awaitMs: slowest,
    availableBytes: busy.memory.availableBytes,
    load1: busy.cpu.load1,
    memoryFullPercent: busy.pressure.memory.full?.avg10,
  });
  expect(busy.disks.find(({ device }) => device === baseline.device)).toBeDefined();
});
