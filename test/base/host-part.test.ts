import { describe, expect, test } from 'vitest';
import { hostPart, sshHost } from '../../src/base/host-part.ts';

test.each([
  ['web-1:9100', 'web-1'],
  ['web-1', 'web-1'],
  ['web-1.example.org:19977', 'web-1.example.org'],
  ['10.0.0.1:9100', '10.0.0.1'],
  ['[fe80::1]:9100', 'fe80::1'],
  ['[fe80::1]', 'fe80::1'],
  ['fe80::1', 'fe80::1'],
  ['http://web-1/metrics', 'http://web-1/metrics'],
  [':9100', ':9100'],
  ['', ''],
])('%j is %j', (instance, host) => {
  expect(hostPart(instance)).toBe(host);
});

describe('what ssh is given', () => {
  test.each(['web-1', 'web_1.example.org', '10.0.0.1', 'fe80::1', '::ffff:10.0.0.1', 'a'])('%s', (name) => {
    expect(sshHost(name)).toBe(name);
  });

  test.each([
    '',
    '-oProxyCommand=id',
    '--',
    '-v',
    '-F.ssh',
    'root@web-1',
    'a b',
    'a;b',
    '$(id)',
    'a\nb',
    'a/b',
    'http://web-1/metrics',
    'web-',
    '.web',
    ':9100',
    'fe80::1%eth0',
    'ä',
    'a'.repeat(254),
  ])('not %j', (name) => {
    expect(sshHost(name)).toBeNull();
  });
});
