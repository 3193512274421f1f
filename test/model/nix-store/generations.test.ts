import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { compareClosures } from '../../../src/model/nix-store/compare-closures.ts';
import {
  generationOf,
  previousGeneration,
  sizeDifference,
  unsoundReason,
} from '../../../src/model/nix-store/generations.ts';
import {
  rollbackCommand,
  rollbackSteps,
  switchMeaning,
  switchUnit,
} from '../../../src/model/nix-store/rollback-plan.ts';
import {
  generationList,
  generations,
  generationsState,
  storePathOf,
} from '../../support/generation-fixture.ts';

const paths = (names: readonly string[], seed: number) => names.map((name) => storePathOf(name, seed));

describe('closures compared', () => {
  test.each([
    ['nothing', ['jq-1.7'], ['jq-1.7'], { rebuilt: 1 }],
    ['a version', ['jq-1.7'], ['jq-1.8'], { changed: [{ name: 'jq', from: ['1.7'], to: ['1.8'] }] }],
    ['a new one', [], ['jq-1.8'], { added: [{ name: 'jq', from: [], to: ['1.8'] }] }],
    ['one less', ['jq-1.8'], [], { removed: [{ name: 'jq', from: ['1.8'], to: [] }] }],
    [
      'outputs are one package',
      ['openssl-3.0.1', 'openssl-3.0.1-bin', 'openssl-3.0.1-man'],
      ['openssl-3.0.2-bin', 'openssl-3.0.2'],
      { changed: [{ name: 'openssl', from: ['3.0.1'], to: ['3.0.2'] }] },
    ],
    [
      'one of several versions goes',
      ['python3-3.9.2', 'python3-3.13.1', 'python3-3.10.0'],
      ['python3-3.10.0'],
      { changed: [{ name: 'python3', from: ['3.9.2', '3.10.0', '3.13.1'], to: ['3.10.0'] }] },
    ],
    [
      'units',
      ['unit-a.service', 'unit-script-a-start'],
      ['unit-b.timer', 'unit-script-b-start'],
      { unitsAdded: ['b.timer'], unitsRemoved: ['a.service'] },
    ],
    ['the system itself', ['nixos-system-box-24.05'], ['nixos-system-box-24.11'], {}],
    ['what has no version', ['etc', 'system-path', 'x-y'], ['etc'], {}],
  ])('%s', (_what, from, to, expected) => {
    const none = { added: [], removed: [], changed: [], rebuilt: 0, unitsAdded: [], unitsRemoved: [] };
    const { pathsAdded, pathsRemoved, ...found } = compareClosures(paths(from, 1), paths(to, 2));
    expect(found).toEqual({ ...none, ...expected });
    expect([pathsAdded.length, pathsRemoved.length]).toEqual([to.length, from.length]);
  });

  test('the same closure differs in nothing, in whatever order', () => {
    const some = paths(['a-1', 'b-2', 'c'], 3);
    const found = compareClosures(some, [...some].reverse());
    expect(Object.values(found).flat()).toEqual([0]);
  });

  test('there and back is the opposite', () => {
    const [a, b] = [paths(['x-1', 'y-1', 'unit-u.service'], 1), paths(['x-2', 'z-1'], 2)];
    const [there, back] = [compareClosures(a, b), compareClosures(b, a)];
    expect(back.added.map(({ name }) => name)).toEqual(there.removed.map(({ name }) => name));
    expect(back.pathsAdded).toEqual(there.pathsRemoved);
    expect(back.changed).toEqual([{ name: 'x', from: ['2'], to: ['1'] }]);
    expect(back.unitsAdded).toEqual(there.unitsRemoved);
  });

  test('lines that are no store paths name no package', () => {
    const found = compareClosures([], ['/etc/passwd', '', '/nix/store/x-1.0', 'jq-1.0']);
    expect(found.added).toEqual([]);
  });
});

describe('a list of generations', () => {
  test('the one before the default is what nix-env --rollback takes', () => {
    expect(previousGeneration(generationList)?.number).toBe(146);
    expect(previousGeneration({ ...generationList, defaultNumber: 143 })?.number).toBe(98);
    expect(previousGeneration({ ...generationList, defaultNumber: 98 })).toBeNull();
    expect(previousGeneration({ ...generationList, defaultNumber: null })).toBeNull();
    expect(generationOf(generationList, 99)).toBeNull();
  });

  test('only a sound one has no reason against it', () => {
    expect(generations.map((one) => unsoundReason(one) === null)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    const unread = { ...generations[0], storePath: null } as (typeof generations)[0];
    expect(unsoundReason(unread)).toBe('its link cannot be read');
  });

  test('sizes are compared with the default, and unknown where one is', () => {
    const of = (number: number, state = generationsState) => {
      const one = generationOf(generationList, number);
      return one === null ? undefined : sizeDifference(state, one);
    };
    expect([147, 146, 144, 143, 98].map((number) => of(number))).toEqual([0, -4e8, -12e8, null, null]);
    expect(of(146, { ...generationsState, list: null })).toBeNull();
    expect(of(146, { ...generationsState, list: fail('gone', 'x') })).toBeNull();
    expect(of(146, { ...generationsState, list: ok({ ...generationList, defaultNumber: null }) })).toBeNull();
  });
});

describe('the plan', () => {
  const system = { kind: 'system', path: '/nix/var/nix/profiles/system' } as const;
  const storePath = storePathOf('nixos-system-box-24.11', 5);
  const intent = { profile: system, generation: 3, mode: 'switch' } as const;
  const lines = (steps: ReturnType<typeof rollbackSteps>) =>
    steps.map(({ file, args }) => [file, ...args].join(' '));

  test('is what nixos-rebuild runs', () => {
    expect(lines(rollbackSteps(intent, { storePath, isDefault: false, systemd: true }))).toEqual([
      'nix-env -p /nix/var/nix/profiles/system --switch-generation 3',
      `systemd-run -E LOCALE_ARCHIVE -E NIXOS_INSTALL_BOOTLOADER= --collect --no-ask-password --pipe --quiet --service-type=exec --unit=${switchUnit} --wait ${storePath}/bin/switch-to-configuration switch`,
    ]);
  });

  test('without systemd it is run directly, with a clean environment', () => {
    const steps = rollbackSteps({ ...intent, mode: 'boot' }, { storePath, isDefault: false, systemd: false });
    expect(lines(steps)[1]).toBe(
      `env -i NIXOS_INSTALL_BOOTLOADER= ${storePath}/bin/switch-to-configuration boot`,
    );
  });

  test('a default one is only activated, a user profile only moved, home-manager only activated', () => {
    expect(
      rollbackSteps(intent, { storePath, isDefault: true, systemd: false }).map(({ kind }) => kind),
    ).toEqual(['activate']);
    const now = { storePath, isDefault: false, systemd: false };
    const user = { ...intent, profile: { kind: 'user', path: '/home/a/profile' } as const };
    expect(lines(rollbackSteps(user, now))).toEqual(['nix-env -p /home/a/profile --switch-generation 3']);
    const home = { ...intent, profile: { kind: 'home-manager', path: '/home/a/home-manager' } as const };
    expect(lines(rollbackSteps(home, now))).toEqual([`${storePath}/activate`]);
  });

  test.each([
    [0, 'done'],
    [2, 'incomplete'],
    [3, 'incomplete'],
    [4, 'incomplete'],
    [100, 'incomplete'],
    [1, 'failed'],
    [5, 'failed'],
    [127, 'failed'],
    [null, 'failed'],
  ])('exit code %s is %s', (code, status) => {
    const meaning = switchMeaning(code, 'switch');
    expect(meaning.status).toBe(status);
    if (code !== 0 && code !== null) expect(meaning.text).toContain(String(code));
  });

  test('the command says whose it is', () => {
    expect(rollbackCommand(system, 3, 'switch')).toBe('sudo nixpulse rollback --to 3');
    expect(rollbackCommand(system, 3, 'boot')).toBe('sudo nixpulse rollback --to 3 --boot');
    const home = { kind: 'home-manager', path: '/home/a/home-manager' } as const;
    expect(rollbackCommand(home, 3, 'switch')).toBe(
      'nixpulse rollback --to 3 --profile /home/a/home-manager',
    );
    expect(rollbackCommand(home, 3, 'switch', 'a')).toMatch(/^sudo -u a nixpulse /);
  });
});
