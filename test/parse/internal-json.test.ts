import { readdirSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { activity, type NixEvent, parseInternalJson, result } from '../../src/parse/internal-json.ts';
import { capture } from '../support/captures.ts';

const captures = 'internal-json-2.8';
const names = readdirSync(new URL(`../fixtures/${captures}`, import.meta.url));

function events(name: string): NixEvent[] {
  return capture(name, captures)
    .split('\n')
    .filter((line) => line !== '')
    .map(parseInternalJson);
}

describe('captured streams', () => {
  it.each(names)('%s: every line is an event, what starts stops', (name) => {
    const all = events(name);
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter(({ kind }) => kind === 'other')).toEqual([]);
    const open = new Set<string>();
    for (const event of all) {
      if (event.kind === 'start') {
        expect(open.has(event.id), `${event.id} starts twice`).toBe(false);
        open.add(event.id);
      }
      if (event.kind === 'stop') open.delete(event.id);
      expect(JSON.stringify(event)).not.toContain('\\u001b');
    }
    expect([...open]).toEqual([]);
  });

  test('a failed build: activity, log lines, what failed', () => {
    const all = events('nixbuild-fail.json');
    const build = all.find((event) => event.kind === 'start' && event.type === activity.build);
    expect(build).toMatchObject({ fields: [expect.stringMatching(/^\/nix\/store\/\S+\.drv$/), '', 1, 1] });
    const id = build?.kind === 'start' ? build.id : '';
    const lines = all.filter(
      (event) => event.kind === 'result' && event.id === id && event.type === result.buildLogLine,
    );
    expect(lines.length).toBeGreaterThan(0);
    const errors = all.filter((event) => event.kind === 'msg' && event.level === 0);
    expect(errors.map((event) => (event.kind === 'msg' ? event.text : null)).join('\n')).toMatch(
      /^error: builder for '.*' failed with exit code \d+/m,
    );
  });

  test('a lock that is waited for', () => {
    expect(events('nixbuild-lockwait.json')).toContainEqual(
      expect.objectContaining({
        kind: 'start',
        type: activity.buildWaiting,
        level: 1,
        text: expect.stringMatching(/^waiting for lock on '\/nix\/store\/\S+'$/),
      }),
    );
  });
});

describe('ids', () => {
  test('past 2^53 two activities stay two', () => {
    const [a, b] = ['18446744073709551614', '18446744073709551615'].map((id) =>
      parseInternalJson(`@nix {"action":"start","id":${id},"level":3,"parent":${id},"text":"","type":105}`),
    );
    expect(a).toMatchObject({ id: '18446744073709551614', parent: '18446744073709551614' });
    expect(b).toMatchObject({ id: '18446744073709551615' });
  });

  test.each([
    ['{"action" : "stop" , "id" : 12 }', { kind: 'stop', id: '12' }],
    ['{"id":"12","action":"stop"}', { kind: 'stop', id: '12' }],
    [
      '{"action":"start","id":7,"parent":0,"text":"a,\\"id\\":5,{\\"parent\\":6","type":0}',
      { kind: 'start', id: '7', parent: null, text: 'a,"id":5,{"parent":6' },
    ],
    ['{"action":"msg","level":0,"msg":"{\\"id\\":1"}', { kind: 'msg', text: '{"id":1' }],
  ])('%s', (document, expected) => {
    expect(parseInternalJson(`@nix ${document}`)).toMatchObject(expected);
  });
});

describe('numbers and parts that are not known', () => {
  test('are kept', () => {
    expect(
      parseInternalJson(
        '@nix {"action":"start","id":1,"level":9,"text":"x","type":4711,"fields":["a",null,{"b":1},2]}',
      ),
    ).toEqual({
      kind: 'start',
      id: '1',
      parent: null,
      level: 9,
      text: 'x',
      type: 4711,
      fields: ['a', null, null, 2],
    });
    expect(
      parseInternalJson('@nix {"action":"result","id":1,"type":110,"payload":{"drvPath":"/nix/store/x"}}'),
    ).toEqual({ kind: 'result', id: '1', type: 110, fields: [], payload: { drvPath: '/nix/store/x' } });
  });

  test('an error with its trace', () => {
    const line =
      '@nix {"action":"msg","column":13,"file":"/etc/a.nix","level":0,"line":2,"msg":"\\u001b[31;1merror:\\u001b[0m no","raw_msg":"no","trace":[{"column":1,"file":"b.nix","line":9,"raw_msg":"while \\u001b[35;1mx\\u001b[0m"},3,null]}';
    expect(parseInternalJson(line)).toEqual({
      kind: 'msg',
      level: 0,
      text: 'error: no',
      raw: 'no',
      file: '/etc/a.nix',
      line: 2,
      column: 13,
      trace: [{ text: 'while x', file: 'b.nix', line: 9, column: 1 }],
    });
  });
});

describe('lines that are none', () => {
  test.each([
    '',
    'building…',
    ' @nix {"action":"stop","id":1}',
    '@nix',
    'error: x\r',
    '\u001b[31mred\u001b[0m',
  ])('plain, as it came: %j', (line) => {
    expect(parseInternalJson(line)).toEqual({ kind: 'plain', text: line });
  });

  test.each([
    '@nix ',
    '@nix {',
    '@nix {"action":"sta',
    '@nix []',
    '@nix null',
    '@nix 12',
    '@nix "x"',
    '@nix {}',
    '@nix {"action":5}',
    '@nix {"action":"stop"}',
    '@nix {"action":"stop","id":null}',
    '@nix {"action":"stop","id":1.5}',
    '@nix {"action":"stop","id":-1}',
    '@nix {"action":"result","id":1}',
    '@nix {"action":"msg","level":0}',
    '@nix {"action":"setPhase","phase":"buildPhase"}',
    '@nix {"action":"stop","id":1}garbage',
    `@nix ${'['.repeat(200_000)}`,
    `@nix {"a":${'{"a":'.repeat(100_000)}`,
    `@nix ${',"id":'.repeat(50_000)}`,
    `@nix ${', '.repeat(100_000)}`,
  ])('kept apart, nothing thrown: %.40s', (line) => {
    expect(parseInternalJson(line)).toMatchObject({ kind: 'other', text: line });
  });

  test('every cut of a line is read', () => {
    const line = capture('nixbuild-fail.json', captures).split('\n')[5] ?? '';
    for (let end = 0; end < line.length; end += 1)
      expect(parseInternalJson(line.slice(0, end)).kind).toMatch(/^(plain|other)$/);
  });

  test('control characters and a long line', () => {
    const text = `\u0000\u0007 \ud800 ${'x'.repeat(200_000)}`;
    const event = parseInternalJson(
      `@nix ${JSON.stringify({ action: 'result', id: 3, type: 101, fields: [text] })}`,
    );
    expect(event).toMatchObject({ kind: 'result', id: '3', fields: [text] });
  });
});
