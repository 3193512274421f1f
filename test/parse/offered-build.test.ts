import { expect, test } from 'vitest';
import { createOfferedBuildReader } from '../../src/parse/offered-build.ts';

const drv = '/nix/store/dm0drjj77v9r7611vhkgybzzcnxkvfyc-nixpulse-check-c1158.drv';
const output = '/nix/store/pbcfah7zcq3lhnmc98m5y6sgbg9iaycq-nixpulse-check-c1158';
const address = 'ssh-ng://box?remote-store=/var/lib/x';
const start = (id: number, type: number, text: string, fields: readonly (string | number)[] = []) =>
  `@nix ${JSON.stringify({ action: 'start', id, level: 4, type, text, fields })}`;
const stop = (id: number) => `@nix {"action":"stop","id":${id}}`;
const msg = (level: number, text: string) => `@nix ${JSON.stringify({ action: 'msg', level, msg: text })}`;

/** Each line a second after the one before. */
function read(lines: readonly string[]) {
  const reader = createOfferedBuildReader({ drv, output });
  for (const [index, line] of lines.entries()) reader.add(line, index * 1000);
  return reader.end();
}

const connecting = start(1, 0, `connecting to '${address}'`);
const complaint = msg(
  0,
  `cannot build on '${address}': \u001b[31;1merror:\u001b[0m cannot open connection to remote store '\u001b[35;1mssh-ng://box\u001b[0m': \u001b[31;1merror:\u001b[0m unexpected end-of-file\u001b[0m`,
);

test('the builder that took it, since when, and how long its result came', () => {
  expect(
    read([
      start(9, 102, ''),
      connecting,
      stop(1),
      start(2, 105, `building '${drv}' on '${address}'`, [drv, address, 1, 1]),
      // That of the far side, which builds there.
      start(3, 105, `building '${drv}'`, [drv, '', 1, 1]),
      stop(3),
      start(4, 100, 'copying path', [output, 'ssh-ng://box', 'local']),
      stop(4),
      stop(2),
    ]),
  ).toEqual({
    builder: address,
    takenMs: 1000,
    complaints: new Map(),
    connecting: null,
    waits: false,
    sent: false,
    copySec: 1,
    restricted: false,
    noShell: false,
    error: null,
  });
});

test('the derivation that is sent to one that does not trust us', () => {
  expect(read([connecting, start(4, 100, 'copying path', [drv, 'local', 'ssh-ng://box'])])).toMatchObject({
    sent: true,
    copySec: null,
  });
});

test('what ssh says belongs to the one that was being connected to', () => {
  const other = 'ssh-ng://mac';
  const said = read([
    'warning: before anything was connected to',
    connecting,
    'Host key verification failed.',
    stop(1),
    complaint,
    start(2, 0, `connecting to '${other}'`),
    stop(2),
    msg(0, `cannot build on '${other}': error: failed to start SSH connection to '${other}'`),
    msg(0, 'error: unable to start any build; either increase `--max-jobs` or enable remote builds.\nmore'),
    msg(0, 'error: another'),
  ]);
  expect(said).toMatchObject({
    builder: null,
    connecting: null,
    error: 'unable to start any build; either increase `--max-jobs` or enable remote builds. more',
  });
  expect([...said.complaints]).toEqual([
    [
      address,
      [
        'Host key verification failed.',
        "cannot open connection to remote store 'ssh-ng://box': error: unexpected end-of-file",
      ],
    ],
    [other, [`failed to start SSH connection to '${other}'`]],
  ]);
});

test('ended while it connected, and while it waited for a slot', () => {
  const interrupted = msg(0, 'error: interrupted by the user');
  expect(read([connecting, stop(1), interrupted])).toMatchObject({ builder: null, connecting: address });
  const waiting = start(2, 111, `waiting for a machine to build '\u001b[35;1m${drv}\u001b[0m'`);
  expect(read([waiting, waiting])).toMatchObject({ waits: true, connecting: null });
  expect(read([waiting, connecting, stop(1)])).toMatchObject({ waits: false, connecting: address });
  // For a lock of its output, which is no builder's.
  expect(read([start(2, 111, `waiting for lock on '${output}'`)])).toMatchObject({ waits: false });
});

test('a daemon that takes no builders from us, a sandbox without a shell', () => {
  expect(
    read([
      msg(
        1,
        "warning: ignoring the client-specified setting 'builders', because it is a restricted setting and you are not a trusted user",
      ),
    ]),
  ).toMatchObject({ restricted: true });
  expect(
    read([
      msg(
        1,
        "warning: ignoring the client-specified setting 'keep-build-log', because it is a restricted setting and you are not a trusted user",
      ),
    ]),
  ).toMatchObject({ restricted: false });
  expect(
    read([msg(0, "error: build failed;\n       > executing '/bin/sh': No such file or directory\n")]),
  ).toMatchObject({ noShell: true, error: "build failed; > executing '/bin/sh': No such file or directory" });
});

test('the reason of an error, without what it read of the log', () => {
  const [old, newer] = [
    `build of '${drv}' on '${address}' failed: builder for '${drv}' failed with exit code 1;\n       last 2 log lines:\n       > a`,
    `Cannot build '${drv}'.\n       Reason: platform mismatch\n       Output paths:\n         ${output}`,
  ].map((text) => read([msg(0, `error: ${text}`)]).error);
  expect(old).toMatch(/failed with exit code 1$/);
  expect(newer).toBe(`Cannot build '${drv}'. Reason: platform mismatch`);
});

test('whatever the lines are', () => {
  const lines = [connecting, complaint, start(2, 105, '', [drv, address]), start(4, 100, '', [output, 'x'])];
  for (const line of lines)
    for (let length = 0; length <= line.length; length += 1)
      expect(() => read([line.slice(0, length), stop(1)])).not.toThrow();
  const many = read([connecting, ...Array.from({ length: 500 }, () => 'x'.repeat(10_000)), complaint]);
  expect(JSON.stringify([...many.complaints]).length).toBeLessThan(20_000);
});
