import { describe, expect, test } from 'vitest';
import { defaultFlags } from '../../src/cli/table.ts';
import { runCompleteMode } from '../../src/modes/complete.ts';
import type { Given } from '../../src/modes/mode.ts';
import type { Files } from '../../src/platform/ports.ts';
import { settingRows } from '../../src/settings/rows.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { systemTree } from '../support/generation-tree.ts';

function start(operand: string, files: Partial<Files> = {}) {
  const base = createFakePorts({ tree: systemTree() });
  let written = '';
  const given = {
    invocation: { ...defaultFlags, command: 'complete', operand },
    ports: { ...base, files: { ...base.files, ...files } },
    environment: { HOME: '/home/ada' },
    write: async (text: string) => {
      written += text;
    },
  } as Partial<Given> as Given;
  return { code: runCompleteMode(given), clock: base.clock, written: () => written };
}

describe('complete', () => {
  test('generations of the usual profile, the newest first', async () => {
    const { code, written } = start('generations');
    expect(await code).toBe(0);
    const numbers = written().match(/^\d+/gm)?.map(Number) ?? [];
    expect(numbers.length).toBeGreaterThan(1);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  });

  test('keys of the settings, each with what it is for, without a look at the machine', async () => {
    const { code, written } = start('settings', { listSlow: () => new Promise(() => {}) });
    expect(await code).toBe(0);
    const lines = written().trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t')[0])).toEqual(settingRows.map(({ key }) => key));
    expect(lines).toContainEqual(expect.stringMatching(/^screen\.inverted\tThe other way round: /));
    for (const line of lines) expect(line).toMatch(/^[\w.-]+\t[ -~]{1,60}$/);
  });

  test('the profile as it is typed: ~ is the home', async () => {
    const asked: string[] = [];
    const listSlow: Files['listSlow'] = async (path) => {
      asked.push(path);
      return { ok: false, problem: { kind: 'gone', where: path } };
    };
    const { code, written } = start('generations:~/profiles/mine', { listSlow });
    expect({ code: await code, written: written() }).toEqual({ code: 0, written: '' });
    expect(asked).toContain('/home/ada/profiles');
  });

  test('of a disk that hangs nothing comes, after two seconds', async () => {
    const { code, clock, written } = start('generations', { listSlow: () => new Promise(() => {}) });
    clock.advance(2000);
    expect({ code: await code, written: written() }).toEqual({ code: 0, written: '' });
  });

  test('a fault of ours is nobody’s trouble at a prompt', async () => {
    const listSlow: Files['listSlow'] = () => Promise.reject(new Error('a bug'));
    const { code, written } = start('generations', { listSlow });
    expect({ code: await code, written: written() }).toEqual({ code: 0, written: '' });
  });
});
