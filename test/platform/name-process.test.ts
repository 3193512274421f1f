import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { nameProcess } from '../../src/platform/name-process.ts';

test.skipIf(process.platform !== 'linux')('the name that top and pgrep see', () => {
  const name = () => readFileSync('/proc/self/comm', 'latin1').trim();
  const before = name();
  onTestFinished(() => nameProcess(before));
  nameProcess('nixpulse');
  expect(name()).toBe('nixpulse');
});
