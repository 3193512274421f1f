import { describe, expect, test } from 'vitest';
import { parseGrubState } from '../../src/parse/grub-state.ts';
import { parseGateways, parseStaticAddresses } from '../../src/parse/ip-json.ts';
import { parseLoginAccounts } from '../../src/parse/login-accounts.ts';

describe('/boot/grub/state', () => {
  test.each([
    ['grub\n2.12\nno\n/dev/sda,/dev/sdb\n\n', { efi: 'no', devices: ['/dev/sda', '/dev/sdb'], esp: null }],
    ['grub\n2.12\nonly\nnodev\n/boot/efi\n{}\n', { efi: 'only', devices: ['nodev'], esp: '/boot/efi' }],
    [
      'grub\n2.12\nboth\n/dev/disk/by-id/ata-x\n/boot\n',
      { efi: 'both', devices: ['/dev/disk/by-id/ata-x'], esp: '/boot' },
    ],
    ['grub\n2.12\nno\nsda; rm\n', { efi: 'no', devices: [], esp: null }],
    ['grub\n2.12\nno', { efi: 'no', devices: [], esp: null }],
    ['grub\n2.12\nmaybe\n/dev/sda\n\n', null],
    ['grub\n', null],
    ['', null],
  ])('%j', (text, state) => {
    expect(parseGrubState(text)).toEqual(state);
  });
});

describe('/etc/passwd', () => {
  test('root and people, each uid once, by uid', () => {
    const text = [
      'ada:x:1001:100:Ada:/home/ada:/run/current-system/sw/bin/zsh',
      'root:x:0:0:System administrator:/root:/bin/sh',
      'toor:x:0:0::/root:/bin/sh',
      'sshd:x:998:998::/var/empty:/run/current-system/sw/bin/nologin',
      'service:x:1002:100::/srv:/run/current-system/sw/bin/nologin',
      'nixbld1:x:30001:30000::/var/empty:/run/current-system/sw/bin/nologin',
      'odd:x:10x:100::/home/odd:/bin/sh',
      'cut:x:1003:100::/ho',
      ':x:1004:100::/home/none:/bin/sh',
    ].join('\n');
    expect(parseLoginAccounts(text)).toEqual([
      { name: 'root', uid: 0, home: '/root' },
      { name: 'ada', uid: 1001, home: '/home/ada' },
    ]);
  });
});

describe('ip -json', () => {
  const row = (more: object) => ({
    family: 'inet',
    local: '192.0.2.7',
    prefixlen: 24,
    scope: 'global',
    ...more,
  });
  const addresses = (...rows: readonly unknown[]) =>
    parseStaticAddresses(JSON.stringify([{ ifname: 'eth0', addr_info: rows }]));

  test('addresses that somebody has set', () => {
    expect(
      addresses(
        row({}),
        row({ family: 'inet6', local: '2001:db8::7', prefixlen: 64 }),
        row({ local: '192.0.2.8', dynamic: true }),
        row({ local: 'fe80::1', family: 'inet6', scope: 'link' }),
        row({ local: '2001:db8::8', family: 'inet6', temporary: true }),
        row({ local: `1"; \${x}` }),
        row({ prefixlen: '24' }),
        row({ prefixlen: 129 }),
        row({ family: 'mpls' }),
        null,
      ),
    ).toEqual([
      { interface: 'eth0', family: 4, address: '192.0.2.7', prefixLength: 24 },
      { interface: 'eth0', family: 6, address: '2001:db8::7', prefixLength: 64 },
    ]);
    expect(parseStaticAddresses(JSON.stringify([{ ifname: 'lo', addr_info: [row({})] }, {}, 3]))).toEqual([]);
  });

  test('ways out', () => {
    const ways = [
      { dst: 'default', gateway: '192.0.2.1', dev: 'eth0', protocol: 'static' },
      { dst: 'default', gateway: '192.0.2.2', dev: 'eth1', protocol: 'dhcp' },
      { dst: '192.0.2.0/24', gateway: '192.0.2.3', dev: 'eth0' },
      { dst: 'default', dev: 'tun0' },
    ];
    expect(parseGateways(JSON.stringify(ways), 4)).toEqual([
      { interface: 'eth0', family: 4, address: '192.0.2.1' },
    ]);
  });

  test.each(['none', '{', '{}', '"x"', 'null'])('%s is none; nothing is no address', (text) => {
    expect(parseStaticAddresses(text)).toBeNull();
    expect(parseGateways(text, 4)).toBeNull();
    expect(parseStaticAddresses('')).toEqual([]);
  });
});
