import { expect, test } from 'vitest';
import { isLoopback, listenAddressText, parseListenAddress } from '../../src/base/listen-address.ts';

test.each([
  ['19977', '127.0.0.1', 19_977],
  ['0.0.0.0:9100', '0.0.0.0', 9100],
  ['[::1]:9100', '::1', 9100],
  ['[::]:0', '::', 0],
  ['localhost:65535', 'localhost', 65_535],
  ['box-1.lan:80', 'box-1.lan', 80],
])('%s', (text, host, port) => {
  expect(parseListenAddress(text)).toEqual({ host, port });
});

test.each([
  '',
  ':9100',
  'a:',
  '::1:9100',
  '1.2.3.4',
  '65536',
  '127.0.0.1:99999',
  'http://a:1',
  'a b:1',
  '-1',
  '[a]1',
])('%j is none', (text) => {
  expect(parseListenAddress(text)).toBeNull();
});

test('as it is written in a URL', () => {
  expect(listenAddressText({ host: '::1', port: 1 })).toBe('[::1]:1');
  expect(listenAddressText({ host: '127.0.0.1', port: 1 })).toBe('127.0.0.1:1');
});

test('what other machines reach is told from what they do not', () => {
  expect(['127.0.0.1', '127.8.0.1', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.org'].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
