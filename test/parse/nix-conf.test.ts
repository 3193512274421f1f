import { expect, test } from 'vitest';
import { parseNixConf } from '../../src/parse/nix-conf.ts';

test('settings and includes in their order, comments and unknown lines left out', () => {
  const text = `# json-log-path = /a
json-log-path = /run/nix log.json # as it is
!include  log.conf
include /etc/nix/more.conf
extra-substituters=https://no.space.example
sandbox
 max-jobs\t=\t4  8 \r
json-log-path =
`;
  expect(parseNixConf(text)).toEqual([
    { kind: 'set', name: 'json-log-path', value: '/run/nix log.json' },
    { kind: 'include', path: 'log.conf' },
    { kind: 'include', path: '/etc/nix/more.conf' },
    { kind: 'set', name: 'max-jobs', value: '4 8' },
    { kind: 'set', name: 'json-log-path', value: '' },
  ]);
});
