import { describe, expect, it, test } from 'vitest';
import { createRedactor, longestLine } from '../../src/redact/redactor.ts';
import { type Planted, plantedBlock, plantedLines, randomOf } from './planted.ts';

/** Which of them are still there. */
function found(planted: readonly Planted[], text: string): readonly string[] {
  return planted.flatMap(({ secrets, kind, place }) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${kind} in ${place}: ${secret}`),
  );
}

describe('secrets of every kind in every place', () => {
  const lines = plantedLines(1500, 7);

  it('has all kinds and places', () => {
    expect(new Set(lines.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(14);
    expect(new Set(lines.map(({ place }) => place)).size).toBeGreaterThanOrEqual(29);
  });

  it('takes each out by itself', () => {
    const left = lines.flatMap((one) => found([one], createRedactor().text(one.text)));
    expect(left).toEqual([]);
  });

  it('takes all out of one text, and counts what it took', () => {
    const redactor = createRedactor();
    const text = redactor.text(lines.map(({ text }) => text).join('\n'));
    expect(found(lines, text)).toEqual([]);
    const counts = redactor.counts();
    const sum = Object.values(counts).reduce((total, count) => total + count, 0);
    expect(sum).toBeGreaterThanOrEqual(lines.length);
    expect(redactor.counts()).toEqual({});
  });

  it.each([1, 2, 3])('takes them out of pieces that are cut anywhere (%i)', (seed) => {
    const random = randomOf(seed);
    const whole = lines.map(({ text }) => text).join('\n');
    const stream = createRedactor().stream();
    let text = '';
    for (let at = 0; at < whole.length; ) {
      const length = 1 + random.below(random.below(4) === 0 ? 3 : 90);
      text += stream.add(whole.slice(at, at + length));
      at += length;
    }
    text += stream.end();
    expect(found(lines, text)).toEqual([]);
    expect(text).toBe(createRedactor().text(whole));
  });
});

test.each([
  ['access-tokens = github.com=abcdef123456', 'access-tokens = github.com=[redacted]'],
  [
    'access-tokens = a.org=PAT:abc123 b.org=OAuth2:def456',
    'access-tokens = a.org=[redacted] b.org=[redacted]',
  ],
  ['machine h login me password s3cret99', 'machine h login me password [redacted]'],
  ['https://me:s3cret@h/x?token=abc&rev=1', 'https://[redacted]@h/x?token=[redacted]&rev=1'],
  ['Authorization: Bearer abc.def-123', 'Authorization: [redacted]'],
  ['passphrase: correct horse battery', 'passphrase: [redacted]'],
  [`cache-1:${'A'.repeat(86)}==`, 'cache-1:[redacted]'],
  ['a: {"token":"abc123","b":1}', 'a: {"token":"[redacted]","b":1}'],
])('what stands around a secret stays: %s', (line, expected) => {
  expect(createRedactor().text(line)).toBe(expected);
});

describe('private keys', () => {
  const random = randomOf(3);
  const prefixes = ['', '> ', 'hello> ', '2026-11-29T22:10:01+0000 box sshd[12]: ', '    '];
  const blocks = Array.from({ length: 100 }, (_, index) =>
    plantedBlock(random, prefixes[index % prefixes.length]),
  );

  it('goes with all its lines, wherever pieces are cut', () => {
    const whole = blocks.map(({ text }, index) => `before ${index}\n${text}\nafter ${index}`).join('\n');
    const stream = createRedactor().stream();
    let text = '';
    for (let at = 0; at < whole.length; at += 61) text += stream.add(whole.slice(at, at + 61));
    text += stream.end();
    expect(found(blocks, text)).toEqual([]);
    for (const index of blocks.keys()) expect(text).toContain(`before ${index}\n`);
    for (const index of blocks.keys()) expect(text).toMatch(new RegExp(`after ${index}(?:\n|$)`));
  });

  it('goes where a text begins or ends in the midst of it', () => {
    for (const block of blocks) {
      const lines = block.text.split('\n');
      const end = createRedactor().text([...lines.slice(2), 'after'].join('\n'));
      expect(found([block], end)).toEqual([]);
      expect(end.endsWith('after')).toBe(true);
      expect(found([block], createRedactor().text([...lines.slice(-3), 'after'].join('\n')))).toEqual([]);
      expect(found([block], createRedactor().text(['before', ...lines.slice(0, -3)].join('\n')))).toEqual([]);
    }
  });

  it('goes from one line, as JSON has it', () => {
    for (const block of blocks) {
      const text = createRedactor().text(`{"key": ${JSON.stringify(block.text)}, "after": 1}`);
      expect(found([block], text)).toEqual([]);
      expect(text).toContain('"after": 1');
    }
  });

  it('goes from lists of lines, also where the list ends amid it', () => {
    for (const block of blocks) {
      const lines = block.text.split('\n');
      const { value } = createRedactor().remembering();
      const parts = [0, 1, 2].map((part) => {
        const size = Math.ceil(lines.length / 3);
        return value({
          kind: 'lines',
          lines: ['compiling x.c', ...lines.slice(part * size, (part + 1) * size)],
        });
      });
      expect(found([block], JSON.stringify(parts))).toEqual([]);
      expect(parts.every(({ lines: [first] }) => first === 'compiling x.c')).toBe(true);
    }
  });
});

describe('data', () => {
  it('goes by the names of its fields', () => {
    const config = {
      'access-tokens': {
        value: { 'github.com': 'abcDEF123456', 'gitlab.com': 'PAT:zyx987654' },
        description: 'a token',
      },
      'secret-key-files': { value: ['/etc/nix/key.sec'], defaultValue: [] },
      'netrc-file': { value: '/etc/nix/netrc' },
      'max-jobs': { value: 4 },
      'trusted-public-keys': { value: ['cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY='] },
    };
    const told = createRedactor().value(config);
    expect(JSON.stringify(told)).not.toMatch(/abcDEF123456|zyx987654/);
    expect(told).toEqual({
      ...config,
      'access-tokens': {
        value: { 'github.com': '[redacted]', 'gitlab.com': '[redacted]' },
        description: 'a token',
      },
    });
  });

  it('takes a command line word by word', () => {
    const redactor = createRedactor();
    const argv = [
      'curl',
      '-u',
      'me:two words',
      '--token',
      "it's",
      '--password',
      'a b c',
      '--token-file',
      '/run/x',
      'https://u:p4ss@h/',
    ];
    expect(redactor.value({ argv })).toEqual({
      argv: [
        'curl',
        '-u',
        'me:[redacted]',
        '--token',
        '[redacted]',
        '--password',
        '[redacted]',
        '--token-file',
        '/run/x',
        'https://[redacted]@h/',
      ],
    });
    const nix = [
      'nix',
      'build',
      '--option',
      'access-tokens',
      'github.com=one1 gitlab.com=two2',
      '--argstr',
      'key',
      'three3',
      '--arg',
      'n',
      '4',
    ];
    expect(redactor.words(nix).join(' ')).toBe(
      'nix build --option access-tokens github.com=[redacted] gitlab.com=[redacted] --argstr key [redacted] --arg n 4',
    );
    expect(redactor.words(['sshpass', '-p', 'x y', 'ssh']).join(' ')).toBe('sshpass -p [redacted] ssh');
    expect(redactor.words(['bash', '-c', 'curl -u me:four4 https://x'])).toEqual([
      'bash',
      '-c',
      'curl -u me:[redacted] https://x',
    ]);
  });

  it('takes pairs of name and value', () => {
    const told = createRedactor().value([
      { name: 'GITHUB_TOKEN', value: 'qwertyui' },
      { name: 'LANG', value: 'C' },
    ]);
    expect(told).toEqual([
      { name: 'GITHUB_TOKEN', value: '[redacted]' },
      { name: 'LANG', value: 'C' },
    ]);
  });

  it('looks again at nothing that it has seen, and makes the same of it', () => {
    const { value } = createRedactor().remembering();
    const shared = { command: 'x --token abcdefg1' };
    const [one, two] = [value({ shared, at: 1 }), value({ shared, at: 2 })];
    expect(one.shared).toBe(two.shared);
    expect(one.shared).toEqual({ command: 'x --token [redacted]' });
  });
});

describe('an environment', () => {
  it('tells what is on the list, and of the rest the names', () => {
    const told = createRedactor().environment([
      'PATH=/run/current-system/sw/bin:/bin',
      'NIX_PATH=nixpkgs=/nix/store/x',
      'NIX_CONFIG=access-tokens = github.com=abcdefgh1',
      'EDITOR=vim',
      'MY_PASSWORD=hunter2hunter2',
      'http_proxy=me:hunter3@proxy:3128',
      'HTTPS_PROXY=http://me:hunter4@proxy:3128',
      'EMPTY=',
    ]);
    expect(told).toEqual([
      'PATH=/run/current-system/sw/bin:/bin',
      'NIX_PATH=nixpkgs=/nix/store/x',
      'NIX_CONFIG=[redacted]',
      'EDITOR=[left out]',
      'MY_PASSWORD=[redacted]',
      'http_proxy=[redacted]@proxy:3128',
      'HTTPS_PROXY=http://[redacted]@proxy:3128',
      'EMPTY=',
    ]);
  });
});

describe('what was secret once', () => {
  it('is so everywhere from then on, for all that know the same', () => {
    const redactor = createRedactor();
    const other = redactor.fork();
    redactor.text('machine h login me password tr0ub4dor&3x');
    expect(other.text('a script printed tr0ub4dor&3x here')).toBe('a script printed [redacted] here');
    expect(other.counts()).toEqual({ known: 1 });
    expect(redactor.counts()).toEqual({ setting: 1 });
  });

  it('is not a word, a number, or a place', () => {
    const redactor = createRedactor();
    redactor.text('token=firefox\npassword=12345678\npassword: nixpkgs');
    expect(redactor.text('building firefox with 12345678 from nixpkgs')).toBe(
      'building firefox with 12345678 from nixpkgs',
    );
  });
});

describe('honest text stays as it is', () => {
  test.each([
    "building '/nix/store/3wmfikm3d8yfj0yz8g3bnx3pv5s4bx2x-libsecret-0.21.4.drv'...",
    '/nix/store/3wmfikm3d8yfj0yz8g3bnx3pv5s4bx2x-python3.12-tokenizers-0.20.3/lib/python3.12',
    "copying path '/nix/store/3wmfikm3d8yfj0yz8g3bnx3pv5s4bx2x-pass-1.7.4' from 'https://cache.nixos.org'...",
    'hash mismatch: specified sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=, got sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    'sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
    'rev 1d0fe04d4ee5ec8a1e3f6b1b1c2b3a4f5e6d7c8b, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'trusted-public-keys = cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY= a.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=',
    'secret-key-files = /etc/nix/key.sec',
    'netrc-file = /etc/nix/netrc',
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 me@box',
    'ssh://nix@builder.example.org x86_64-linux /root/.ssh/id_ed25519 4 1 kvm',
    'ssh-ng://builder?ssh-key=/root/.ssh/id_ed25519',
    'https://cache.example.org:8080/nar/1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3.nar.xz',
    'git+ssh://git@github.com/me/config?ref=main&rev=1d0fe04d4ee5ec8a1e3f6b1b1c2b3a4f5e6d7c8b&dir=x#box',
    'github:NixOS/nixpkgs?narHash=sha256-47DEQpj8HBSa%2B/TImW%2B5JCeuQeRkm5NMpJWZG3hSuFU%3D',
    'nixos-rebuild switch --flake .#box --use-remote-sudo --show-trace',
    'nix build --argstr system x86_64-linux --argstr jobs 4 -A hello',
    'systemd-ask-password-wall.path loaded active waiting Forward Password Requests to Wall Directory Watch',
    'checking for libsecret-1 >= 0.18... yes',
    'meson -Dlibsecret=enabled -Dsecret_service=disabled -Dtokens=auto',
    "error: unexpected token: '}'",
    'max_tokens: 4096',
    'mysql: [Warning] Using a password on the command line interface can be insecure.',
    'PUBLIC_KEY=abc KEYMAP=us XKB_DEFAULT_LAYOUT=us PWD=/home/ada SSH_AUTH_SOCK=/run/user/1000/ssh',
    'SECRETS=/nix/store/3wmfikm3d8yfj0yz8g3bnx3pv5s4bx2x-libsecret-0.21.4',
    'Nov 29 22:10:01 box kernel: EXT4-fs (vda1): mounted filesystem with ordered data mode. Quota mode: none.',
    '5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b5aa765d61d8327deb882cf99  file.tar.gz',
    'nodev /run/secrets.d ramfs rw,nosuid,nodev,relatime,mode=751 0 0',
  ])('%s', (line) => {
    const redactor = createRedactor();
    expect(redactor.text(line)).toBe(line);
    expect(redactor.counts()).toEqual({});
  });

  it('keeps lists of sums, and the shape of a text', () => {
    const sums = Array.from({ length: 5 }, (_, at) => `${at}`.repeat(64)).join('\n');
    expect(createRedactor().text(`${sums}\n`)).toBe(`${sums}\n`);
    for (const text of ['', '\n', 'a', 'a\n', 'a\n\nb', '\n\n'])
      expect(createRedactor().text(text)).toBe(text);
  });
});

it('cuts a line that is too long, and takes what follows as the next one', () => {
  const long = `${'x'.repeat(longestLine)}password=hunter2hunter2`;
  const text = createRedactor().text(`${long}\nafter`);
  expect(text).not.toContain('hunter2');
  expect(text.endsWith('[line cut: 23 characters]\nafter')).toBe(true);
});

it.each([
  ['a'.repeat(60_000), 'one word'],
  ['://'.repeat(20_000), 'marks of URLs'],
  ['token'.repeat(12_000), 'one name'],
  ['a@b:'.repeat(15_000), 'logins'],
  [`https://${'a:'.repeat(30_000)}`, 'a URL of colons'],
  ['--password '.repeat(5_000), 'flags without values'],
  ['"'.repeat(60_000), 'quotes'],
  ['eyJ'.repeat(20_000), 'beginnings of tokens'],
  ['password=\\"'.repeat(5_000), 'escaped quotes'],
])(
  'has an end, whatever is in a line: %#',
  (line, _what) => {
    expect(createRedactor().text(line).length).toBeGreaterThan(0);
  },
  5000,
);
