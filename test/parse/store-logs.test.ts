import { describe, expect, it, test } from 'vitest';
import { garbageNote } from '../../src/parse/garbage-log.ts';
import { parseInternalJson } from '../../src/parse/internal-json.ts';
import {
  createRegistrationReader,
  parseGcRoot,
  parseSwitch,
  type Registration,
} from '../../src/parse/store-registration.ts';
import { parseVerification } from '../../src/parse/verification-file.ts';
import { createVerifyReader, type VerifyNote } from '../../src/parse/verify-log.ts';
import { capture } from '../support/captures.ts';

const path = '/nix/store/5djhjs4bd5d967drw4f8i55cgjjgg0kx-libfoo-1.2';

function notes(lines: readonly string[]): VerifyNote[] {
  const reader = createVerifyReader();
  return lines.map((line) => reader.read(parseInternalJson(line))).filter((note) => note !== null);
}
const captured = (name: string) => capture(name, 'internal-json-2.8').split('\n');

describe('verification', () => {
  test('of one corrupt, one deleted and one sound path', () => {
    const all = notes(captured('verify-damaged.json'));
    const [corrupt, missing, sound] = [
      '/nix/store/1wi9jm7nv51il53qvxgdwf28yz2979hl-np-verify-1.0',
      '/nix/store/3p70qqh2nb20yjbcl3jnrcc7hwqbdrgv-np-verify-1.0',
      '/nix/store/dp5snx53s0bx9cb47lrp85zg618qq7r3-np-verify-1.0',
    ];
    expect(all.filter(({ kind }) => kind === 'checked')).toEqual(
      [corrupt, missing, sound].map((one) => ({ kind: 'checked', path: one })),
    );
    expect(all.filter(({ kind }) => kind === 'found')).toEqual([
      { kind: 'found', path: corrupt, finding: 'corrupt', text: null },
      {
        kind: 'found',
        path: corrupt,
        finding: 'corrupt',
        text: expect.stringMatching(/^expected hash 'sha256:/),
      },
      { kind: 'found', path: missing, finding: 'missing', text: expect.stringContaining('No such file') },
    ]);
    expect(all.findLast(({ kind }) => kind === 'progress')).toEqual({
      kind: 'progress',
      done: 3,
      expected: 3,
    });
  });

  test('begins with its activity', () => {
    const reader = createVerifyReader();
    expect(reader.began).toBe(false);
    reader.read(parseInternalJson('@nix {"action":"start","id":4,"level":0,"text":"","type":107}'));
    expect(reader.began).toBe(true);
    // Progress of another activity is none of it.
    expect(
      reader.read(parseInternalJson('@nix {"action":"result","id":5,"type":105,"fields":[1,9,0,0]}')),
    ).toBeNull();
  });

  test('by the old command', () => {
    const all = notes(captured('verify-old.json'));
    expect(all.filter(({ kind }) => kind === 'stage').length).toBe(4);
    const lines = captured('verify-old.json').filter((line) => line.includes('checking contents'));
    // It says when a path begins: the last one is through at the end of all.
    expect(all.filter(({ kind }) => kind === 'checked').length).toBe(lines.length - 1);
    const reader = createVerifyReader();
    for (const line of lines) reader.read(parseInternalJson(line));
    expect(reader.end()).toEqual({ kind: 'checked', path: /'(.*)'/.exec(lines.at(-1) ?? '')?.[1] });
    expect(reader.end()).toBeNull();
    expect(notes(captured('verify-corrupt.json')).at(-1)).toMatchObject({
      kind: 'found',
      finding: 'corrupt',
    });
  });

  const msg = (text: string, level = 0) => `@nix ${JSON.stringify({ action: 'msg', level, msg: text })}`;
  test.each<[string, VerifyNote | null]>([
    [`path '${path}' disappeared, removing from database...`, { kind: 'dropped', path }],
    [
      `path '${path}' disappeared, but it still has valid referrers!`,
      { kind: 'found', path, finding: 'missing', text: 'other paths refer to it' },
    ],
    [`error: path '${path}' is not valid`, { kind: 'deleted', path }],
    [
      `error: reading from file '${path}/lib/libfoo.so': Input/output error`,
      {
        kind: 'found',
        path,
        finding: 'unreadable',
        text: `reading from file '${path}/lib/libfoo.so': Input/output error`,
      },
    ],
    // A file within it that is gone is not the path that is gone.
    [
      `error: opening file '${path}/lib/libfoo.so': No such file or directory`,
      {
        kind: 'found',
        path,
        finding: 'unreadable',
        text: `opening file '${path}/lib/libfoo.so': No such file or directory`,
      },
    ],
    // Nix 2.34 and 2.26.
    ...[`path '${path}/' does not exist`, `path '/${path}' does not exist`].map(
      (text): [string, VerifyNote] => [`error: ${text}`, { kind: 'found', path, finding: 'missing', text }],
    ),
    [
      `error: path '${path}/lib/' does not exist`,
      { kind: 'found', path, finding: 'unreadable', text: `path '${path}/lib/' does not exist` },
    ],
    ['error: unable to open database', { kind: 'complaint', text: 'unable to open database' }],
    ['error: a\nb', { kind: 'complaint', text: 'a' }],
    [`building '${path}.drv'...`, null],
    ['', null],
    [`path '${path}'`, null],
  ])('%s', (text, expected) => {
    expect(notes([text])).toEqual(expected === null ? [] : [expected]);
    if (text.startsWith('error: ')) expect(notes([msg(text)])).toEqual([expected]);
  });

  test('warnings are no errors', () => {
    expect(notes([msg('warning: not all store errors were fixed', 1)])).toEqual([]);
  });

  test('another store than /nix/store', () => {
    const other = '/home/ada/.local/share/nix/root/nix/store/5djhjs4bd5d967drw4f8i55cgjjgg0kx-a+b.c_d?e=f';
    expect(notes([`path '${other}' was modified! expected hash 'sha256:a', got 'sha256:b'`])).toEqual([
      { kind: 'found', path: other, finding: 'corrupt', text: "expected hash 'sha256:a', got 'sha256:b'" },
    ]);
  });
});

describe('rows of the database', () => {
  function read(text: string): { rows: Registration[]; broken: boolean } {
    const rows: Registration[] = [];
    const reader = createRegistrationReader((row) => rows.push(row));
    for (const line of text.split('\n')) reader.line(line);
    return { rows, broken: reader.broken };
  }
  const row = `${path}\n8d0c\n128\n${path}.drv\n2\n${path}\n${path}-doc\n`;

  test('one after the other', () => {
    expect(read(`${row}${path}-src\n8d0c\n0\n\n0\n`)).toEqual({
      rows: [
        { path, narSize: 128, deriver: `${path}.drv`, references: [path, `${path}-doc`] },
        { path: `${path}-src`, narSize: null, deriver: null, references: [] },
      ],
      broken: false,
    });
  });

  test('none', () => {
    expect(read('')).toEqual({ rows: [], broken: false });
  });

  it.each([
    'error: cannot open',
    `${path}\nhash\nlarge\n\n0\n`,
    `${path}\nhash\n1\nno path\n0\n`,
    `${path}\nhash\n1\n\n-1\n`,
    `${path}\nhash\n1\n\n1\nnot a path\n`,
    `${path}\nhash`,
    `${row}${path}`,
  ])('broken: %j', (text) => {
    expect(read(text).broken).toBe(true);
  });

  test.each([
    [
      `/nix/var/nix/profiles/system-12-link -> ${path}`,
      { link: '/nix/var/nix/profiles/system-12-link', path },
    ],
    [`{censored} -> ${path}`, { link: '{censored}', path }],
    [`/tmp/a -> b -> ${path}`, { link: '/tmp/a -> b', path }],
    ['finding garbage collector roots...', null],
    ['a -> b', null],
    ['', null],
  ])('root %s', (line, expected) => {
    expect(parseGcRoot(line)).toEqual(expected);
  });

  test('switches of the configuration', () => {
    const config = 'keep-derivations = false\nkeep-outputs = true\nextra-keep-failed = true\n';
    expect(parseSwitch(config, 'keep-outputs')).toBe(true);
    expect(parseSwitch(config, 'keep-derivations')).toBe(false);
    expect(parseSwitch(config, 'keep-failed')).toBeNull();
    expect(parseSwitch('', 'keep-outputs')).toBeNull();
  });
});

describe('garbage collection', () => {
  test.each([
    [`deleting '${path}'`, { kind: 'deleting', path }],
    ['deleting garbage...', { kind: 'step', text: 'deleting garbage' }],
    [
      'removing old generations of profile /p',
      { kind: 'step', text: 'removing old generations of profile /p' },
    ],
    [
      'waiting for the big garbage collector lock...',
      { kind: 'step', text: 'waiting for the big garbage collector lock' },
    ],
    ['8 store paths deleted, 12.50 MiB freed', { kind: 'freed', paths: 8, bytes: 13_107_200 }],
    ['1 store paths deleted, 4.5 GiB freed', { kind: 'freed', paths: 1, bytes: 4_831_838_208 }],
    ['0 store paths deleted, -0.00 MiB freed', { kind: 'freed', paths: 0, bytes: 0 }],
    ['3 store paths deleted, 2 furlongs freed', { kind: 'freed', paths: 3, bytes: null }],
    ['error: cannot delete path', { kind: 'complaint', text: 'cannot delete path' }],
    ['note: currently hard linking saves -0.00 MiB', null],
    ['', null],
  ])('%s', (line, expected) => {
    expect(garbageNote(parseInternalJson(line))).toEqual(expected);
  });
});

describe('the kept result', () => {
  const good = {
    version: 1,
    time: '2026-11-20T13:28:01.123Z',
    status: 'failed',
    durationMs: 1,
    paths: 2,
    expectedPaths: null,
    bytes: 3,
    corrupt: [path],
    missing: [],
    unreadable: [],
  };
  test('comes back', () => {
    expect(parseVerification(JSON.stringify(good))).toEqual(good);
  });
  test.each([
    '',
    '{',
    'null',
    '[]',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, status: 'fine' }),
    JSON.stringify({ ...good, corrupt: [1] }),
    JSON.stringify({ ...good, missing: undefined }),
    JSON.stringify({ ...good, time: 'yesterday' }),
    JSON.stringify({ ...good, paths: '2' }),
  ])('not ours: %.60s', (text) => {
    expect(parseVerification(text)).toBeNull();
  });
});
