import { expect, test } from 'vitest';
import { parseNixConfigJson, wordsOf } from '../../src/parse/nix-config-json.ts';
import { parseStoreInfo } from '../../src/parse/store-info.ts';

test.each([
  ['Store URL: ssh-ng://localhost\nVersion: 2.8.0', { version: '2.8.0', trusted: null }],
  ['Store URL: daemon\nVersion: 2.18.1\nTrusted: 1\n', { version: '2.18.1', trusted: true }],
  ['{"trusted":true,"url":"ssh-ng://localhost","version":"2.34.8"}', { version: '2.34.8', trusted: true }],
  ['{"trusted":0,"url":"daemon","version":"2.14.0"}', { version: '2.14.0', trusted: false }],
  // ssh:// has neither.
  ['{"url":"ssh://mac"}', { version: null, trusted: null }],
])('%j', (text, info) => {
  expect(parseStoreInfo(text)).toEqual(info);
});

test.each(['', 'Welcome to Ubuntu', '{', '[]', '{"url": 3}', '{"version":"2.8"}'])('%j is none', (text) => {
  expect(parseStoreInfo(text)).toBeNull();
});

test('settings that are lists, and one that is a text', () => {
  const config = parseNixConfigJson(
    '{"system":{"value":"x86_64-linux"},"system-features":{"value":["kvm","benchmark"]},"cores":{"value":4},"odd":7}',
  );
  if (config === null) throw new Error('none');
  expect(wordsOf(config, 'system')).toEqual(['x86_64-linux']);
  expect(wordsOf(config, 'system-features')).toEqual(['kvm', 'benchmark']);
  expect(wordsOf(config, 'cores')).toBeNull();
  expect(config.has('odd')).toBe(false);
  for (const text of ['', 'null', '[]', '3']) expect(parseNixConfigJson(text)).toBeNull();
});
