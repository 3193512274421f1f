import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hasAmbient } from '../../src/platform/ambient.ts';

test.each([
  ['CapInh:\t0000000000000004\nCapAmb:\t0000000000000004\n', true],
  ['CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\n', false],
  ['Name:\told-kernel\n', false],
])('%j', (status, expected) => {
  expect(hasAmbient(status)).toBe(expected);
});

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('as NixOS starts it', () => {
  const script = fileURLToPath(new URL('../support/ambient-child.ts', import.meta.url));
  /** CAP_DAC_READ_SEARCH. */
  const set = '0000000000000004';
  const run = (...words: string[]) => {
    const raise = ['--inh-caps=-all,+dac_read_search', '--ambient-caps=+dac_read_search'];
    const who = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const command = [...who, ...raise, process.execPath, script, ...words];
    return JSON.parse(execFileSync('setpriv', command, { encoding: 'utf8', cwd: '/' }));
  };

  test('it keeps its capabilities, what it starts has none', () => {
    expect(run('keep')).toEqual({ dropped: null, own: set, child: set });
    expect(run()).toEqual({ dropped: true, own: set, child: '0000000000000000' });
  });
});
