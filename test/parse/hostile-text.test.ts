import { expect, test } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { newLogReaderOfMany, readLog } from '../../src/parse/read-log.ts';

/** Clears the screen, twice, rings, turns the text around, sets the title. As JSON writes it, and as it is. */
const escaped = '\\u001b[2J\\u009b2J\\u0007\\u202e\\u001b]0;title\\u0007\\r';
const raw = '\x1b[2J\x9b2J\x07\u202e\x1b]0;title\x07';
const drv = `/nix/store/aaaa-x${escaped}y.drv`;
const id = (n: number) => 77 * 2 ** 32 + n;
const start = (n: number, type: number, fields: readonly string[], text = `text ${escaped}`) =>
  `{"action":"start","fields":[${fields.map((field) => `"${field}"`)}],"id":${id(n)},"level":3,"parent":0,"text":"${text}","type":${type}}`;
const result = (n: number, type: number, field: string) =>
  `{"action":"result","fields":["${field}"],"id":${id(n)},"type":${type}}`;
const url = `https://cache${escaped}.example`;

const lines = [
  start(1, 105, [drv, `builder${escaped}`]),
  start(2, 108, [`/nix/store/bbbb${escaped}`, url]),
  start(3, 101, [`${url}/x`]),
  start(4, 100, [`/nix/store/bbbb${escaped}`, url, `daemon${escaped}`]),
  start(5, 111, [drv], `waiting for lock on '/nix/store/${escaped}'`),
  start(6, 110, [drv]),
  start(7, 0, [], `evaluating ${escaped}`),
  start(8, 112, [], `fetching ${escaped} input '${url}'`),
  result(1, 104, `phase${escaped}`),
  result(1, 101, `line${escaped}`),
  result(3, 108, `status${escaped}`),
  result(6, 107, `hook${escaped}`),
  `{"action":"msg","level":0,"msg":"error: builder for '${drv}' failed with exit code 1${escaped}","file":"f${escaped}","line":1,"column":1,"raw_msg":"raw${escaped}","trace":[{"raw_msg":"trace${escaped}","file":"g${escaped}","line":1,"column":2}]}`,
  `{"action":"msg","level":1,"msg":"warning: unable to download '${url}': HTTP error 500 (curl error: ${escaped})"}`,
  `{"action":"msg","level":3,"msg":"these 2 derivations will be built:\\n  ${drv}"}`,
  `plain ${raw} text`,
  `building '/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-z${raw}.drv'...`,
  `copying path '/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-z${raw}' from 'https://cache${raw}.example'...`,
  `error: ${raw}`,
];

test('nothing that a terminal obeys comes out of a stream', () => {
  const read = readLog(newLogReaderOfMany, new TextEncoder().encode(`${lines.join('\n')}\n`));
  const { rebuilds } = foldLog(newLogState('many'), read.events, 1000);
  expect(rebuilds.length).toBeGreaterThan(0);
  const found = [...textsOf(read.events), ...textsOf(rebuilds)].filter((text) =>
    /[\p{Cc}\p{Cf}]/u.test(text.replaceAll('\n', '')),
  );
  expect(found).toEqual([]);
  expect(textsOf(rebuilds).filter((text) => text.includes('cache')).length).toBeGreaterThan(3);
});

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Map) return [...value].flatMap(textsOf);
  if (value instanceof Set) return [...value].flatMap(textsOf);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
