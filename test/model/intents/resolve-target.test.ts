import { describe, expect, test } from 'vitest';
import { resolveBuild, resolveClient } from '../../../src/model/intents/resolve-target.ts';
import { buildOf, busy, firefox, processOf, rebuild, waiting } from '../../support/model-fixture.ts';

const esr = buildOf({ pid: 7001, name: 'firefox-esr-128.0', pname: 'firefox-esr', user: 'nixbld9' });
const model = { ...busy, builds: [...busy.builds, esr] };
const found = (word: string, within = model) => {
  const resolved = resolveBuild(word, within);
  if (resolved.kind === 'many') return resolved.candidates.map(({ pid }) => pid);
  return resolved.kind === 'one' ? resolved.value.pid : null;
};

describe('a build', () => {
  test.each<[string, string, number | readonly number[] | null]>([
    ['exact name', 'firefox-130.0', 2001],
    ['pname, though another begins with it', 'firefox', 2001],
    ['build user', 'nixbld3', 2001],
    ['PID of its root', '2001', 2001],
    ['PID of a process of it', '2103', 2001],
    ['unique beginning', 'chrom', 3001],
    ['ambiguous beginning', 'fire', [2001, 7001]],
    ['nothing', 'emacs', null],
    ['a PID of nobody', '99999', null],
    ['empty', '', null],
    ['case matters', 'Firefox-130.0', null],
    ['a middle is no beginning', '130.0', null],
    ['no pattern', '.*', null],
  ])('%s', (_, word, expected) => {
    expect(found(word)).toEqual(expected);
  });

  test('a user that begins like another is that one', () => {
    const ten = buildOf({ pid: 8, user: 'nixbld10' });
    const one = buildOf({ pid: 9, user: 'nixbld1' });
    expect(found('nixbld1', { ...busy, builds: [ten, one] })).toBe(9);
  });

  test('the same derivation twice is two builds', () => {
    const twice = [firefox, { ...firefox, pid: 2, startTime: 2 }];
    expect(found('firefox', { ...busy, builds: twice })).toEqual([2001, 2]);
  });

  test('builds without a name are found by user and PID only', () => {
    const nameless = buildOf({
      pid: 5,
      name: null,
      pname: null,
      user: 'nixbld4',
      tree: [processOf({ pid: 6 })],
    });
    const alone = { ...busy, builds: [nameless] };
    expect([found('nixbld4', alone), found('6', alone), found('null', alone)]).toEqual([5, 5, null]);
  });
});

describe('a client', () => {
  test('by its PID, that of a process of it, or a build of it', () => {
    for (const word of ['800', 'firefox-130.0', 'nixbld3', '2103']) {
      expect(resolveClient(word, model), word).toEqual({
        kind: 'one',
        value: { client: rebuild, orphan: null },
      });
    }
    expect(resolveClient('810', model)).toMatchObject({ value: { client: waiting } });
  });

  test('two builds of one client mean the same', () => {
    expect(resolveClient('fire', model)).toMatchObject({ kind: 'one', value: { client: { pid: 800 } } });
  });

  test('builds of two clients are ambiguous; a build without one is meant itself', () => {
    const other = { ...esr, clientPid: 810 };
    expect(resolveClient('fire', { ...model, builds: [firefox, other] })).toMatchObject({ kind: 'many' });
    const orphan = { ...esr, clientPid: 4711 };
    expect(resolveClient('firefox-esr', { ...model, builds: [orphan] })).toEqual({
      kind: 'one',
      value: { client: null, orphan },
    });
  });
});
