import { expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { logLines } from '../../src/commands/help.ts';
import { noLogPath } from '../../src/model/rebuild/log-path.ts';

const path = '/run/nixpulse/log.json';

test('off, it says how to switch it on, where this Nix can', () => {
  expect(logLines(noLogPath, '2.8.0', '')).toEqual([]);
  expect(logLines(noLogPath, '2.91.1 (Lix)', '')).toEqual([]);
  expect(logLines(noLogPath, '2.34.8', '')).toMatchObject([
    { kind: 'group' },
    { name: 'Off', text: expect.stringContaining('set json-log-path'), good: true },
  ]);
  expect(logLines(noLogPath, '2.34.8', 'JSON-LOG')).toHaveLength(2);
  expect(logLines(noLogPath, '2.34.8', 'kill')).toEqual([]);
});

test('on, where it is, and what is wrong with it; whatever the version', () => {
  expect(logLines({ path, problem: null }, null, '')).toMatchObject([
    {},
    { name: 'Followed', text: path, good: true },
  ]);
  const denied = problem('denied', `${path}\x1b[2J`, 'may be written by everybody');
  expect(logLines({ path, problem: denied }, '2.34.8', '')).toMatchObject([
    {},
    { name: 'Not whole', text: `${path}?[2J: denied, may be written by everybody`, good: false },
  ]);
});
