import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProgram } from '../../src/platform/find-program.ts';

const place = mkdtempSync(join(tmpdir(), 'nixpulse-find-'));
afterAll(() => rmSync(place, { recursive: true }));
const path = ['a', 'b', 'c'].map((name) => {
  mkdirSync(join(place, name));
  return join(place, name);
});
const [a = '', b = '', c = ''] = path;
writeFileSync(join(a, 'text'), 'no program');
mkdirSync(join(a, 'folder'));
for (const folder of [b, c]) writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
writeFileSync(join(c, 'text'), '#!/bin/sh\n');
chmodSync(join(c, 'text'), 0o755);

test.each([
  ['tool', { kind: 'found', path: join(b, 'tool') }],
  // As a shell does it: on to the next that can be executed.
  ['text', { kind: 'found', path: join(c, 'text') }],
  [join(b, 'tool'), { kind: 'found', path: join(b, 'tool') }],
  ['none', { kind: 'missing', exitCode: 127, why: 'command not found' }],
  ['folder', { kind: 'missing', exitCode: 127, why: 'command not found' }],
  ['', { kind: 'missing', exitCode: 127, why: 'command not found' }],
  [join(a, 'none'), { kind: 'missing', exitCode: 127, why: 'no such file' }],
  [join(a, 'folder'), { kind: 'missing', exitCode: 126, why: 'cannot be executed' }],
  [join(a, 'text'), { kind: 'missing', exitCode: 126, why: 'cannot be executed' }],
])('%s', async (name, expected) => {
  expect(await findProgram(name, path.join(':'))).toEqual(expected);
});

test('without a PATH there is nothing', async () => {
  expect(await findProgram('tool', undefined)).toMatchObject({ exitCode: 127 });
});
