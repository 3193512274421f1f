import { expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { builder } from '../../src/probes/builder.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { createFakeSpawn, type FakeStream } from '../support/fake-spawn.ts';

const machines = 'ssh-ng://nix@mac x86_64-darwin /root/.ssh/builder 4 1 big-parallel';
const settings = (more: object) => ({ lines: [JSON.stringify({ builders: { value: machines }, ...more })] });
const unknown = (word: string): FakeStream => ({
  lines: [`2>error: '${word}' is not a recognised command`],
  exitCode: 1,
});
const refused: FakeStream = {
  lines: [
    '2>nix@mac: Permission denied (publickey,password).',
    "2>error: cannot open connection to remote store 'ssh-ng://nix@mac': error: unexpected end-of-file",
  ],
  exitCode: 1,
};

/** `nix` and `ssh` as they answer to words. */
function context(answer: (words: string) => FakeStream) {
  const spawn = createFakeSpawn();
  spawn.onRun = (_, args) =>
    ok({ exitCode: args.includes('true') ? 1 : 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = (file, args) => answer([file, ...args].join(' '));
  const cancelled = new AbortController().signal;
  return {
    ports: { ...createFakePorts(), spawn },
    cancelled,
    stateDirectory: undefined,
    progress() {},
    spawn,
  };
}

test('the newest Nix: version, trust, and what it offers by its own word', async () => {
  const asked = context((words) => {
    if (words.startsWith('ssh'))
      return {
        lines: [
          '{"system":{"value":"aarch64-darwin"},"extra-platforms":{"value":["x86_64-darwin"]},"system-features":{"value":["apple-virt"]}}',
        ],
      };
    if (words.includes('show-config')) return settings({});
    return { lines: ['{"trusted":true,"url":"ssh-ng://nix@mac","version":"2.34.8"}'] };
  });
  expect(await builder('ssh-ng://nix@mac?compress=true', asked)).toMatchObject({
    value: {
      reachable: true,
      nixVersion: '2.34.8',
      trusted: true,
      systems: ['aarch64-darwin', 'x86_64-darwin'],
      features: ['apple-virt'],
      said: null,
    },
  });
  const calls = asked.spawn.calls.map(({ file, args, environment }) => ({
    words: [file, ...args],
    environment,
  }));
  const ask = calls.find(({ words }) => words.includes('info'));
  expect(ask?.environment.NIX_SSHOPTS).toBe('-o BatchMode=yes -o ConnectTimeout=10 -i /root/.ssh/builder');
  const remote = calls.find(({ words }) => words[0] === 'ssh')?.words ?? [];
  expect(remote.slice(0, 10)).toEqual([
    'ssh',
    '-n',
    '-T',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=10',
    '-i',
    '/root/.ssh/builder',
    'nix@mac',
  ]);
});

test.each([
  "\x1b[31;1merror:\x1b[0m Could not find executable '\x1b[35;1mssh\x1b[0m'",
  "\x1b[31;1merror:\x1b[0m unable to execute '\x1b[35;1mssh\x1b[0m': \x1b[35;1mNo such file or directory\x1b[0m",
])('that this machine has no ssh says nothing of the builder (2.34, 2.8)', async (said) => {
  const asked = context((words) =>
    words.includes('show-config')
      ? settings({})
      : { lines: [`2>${said}`, "2>error: failed to start SSH connection to 'mac'"], exitCode: 1 },
  );
  expect(await builder('ssh-ng://nix@mac', asked)).toEqual(
    fail('unsupported', 'ssh', 'not installed: nix shell nixpkgs#openssh'),
  );
});

test('older ones: the word that they know is found, and what is set here is what they offer', async () => {
  const asked = context((words) => {
    if (words.startsWith('ssh')) return { exitCode: 127 };
    if (words.includes('show-config')) return settings({});
    if (words.includes('store info')) return unknown('info');
    if (words.includes('--json')) return { lines: ["2>error: unrecognised flag '--json'"], exitCode: 1 };
    return { lines: ['2>Store URL: ssh-ng://nix@mac', '2>Version: 2.8.0'] };
  });
  expect(await builder('ssh-ng://nix@mac', asked)).toMatchObject({
    value: {
      reachable: true,
      nixVersion: '2.8.0',
      trusted: null,
      systems: ['x86_64-darwin'],
      features: ['big-parallel'],
    },
  });
});

test('one that lets nobody in: what ssh says of it', async () => {
  const asked = context((words) => (words.includes('show-config') ? settings({}) : refused));
  expect(await builder('ssh-ng://nix@mac', asked)).toMatchObject({
    value: {
      reachable: false,
      sec: null,
      nixVersion: null,
      features: ['big-parallel'],
      said: 'nix@mac: Permission denied (publickey,password).',
    },
  });
});

test('a host alone is ssh://, and options of ssh are no hosts', async () => {
  const asked = context((words) => (words.includes('show-config') ? settings({}) : refused));
  await builder('mac', asked);
  expect(asked.spawn.calls.some(({ args }) => args.includes('ssh://mac'))).toBe(true);
  for (const subject of ['ssh://-oProxyCommand=x', 'https://mac', '-x'])
    expect(await builder(subject, asked)).toMatchObject({ problem: { kind: 'unsupported' } });
});
