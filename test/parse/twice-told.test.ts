import { expect, test } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import { type LogReader, newLogReaderOfMany, readLog } from '../../src/parse/read-log.ts';
import { nothingTold, TwiceToldStep } from '../../src/parse/twice-told.ts';
import { logBytes, logNames } from '../support/logs.ts';

/** As json-log-path has it: the documents of one process that it started with its pid. */
function documentsOf(name: string): string[] {
  const lines = new TextDecoder().decode(logBytes(name)).split('\n');
  return lines.filter((line) => line.startsWith('@nix {')).map((line) => line.slice('@nix '.length));
}

/** Each line a second time, `behind` lines later; messages have no id and come from one of the two. */
function twice(lines: readonly string[], behind: number): string[] {
  const told: string[] = [];
  const isSecond = (line: string | undefined) => line?.includes('"id":');
  for (let i = 0; i < lines.length + behind; i++) {
    if (i < lines.length) told.push(lines[i] ?? '');
    const second = lines[i - behind];
    if (second !== undefined && isSecond(second)) told.push(second);
  }
  return told;
}

function rebuildsOf(lines: readonly string[], pieceBytes: number) {
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
  let reader: LogReader = newLogReaderOfMany;
  let state = newLogState('many');
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const read = readLog(reader, bytes.subarray(at, at + pieceBytes));
    reader = read.reader;
    state = foldLog(state, read.events, 1000);
  }
  return state.rebuilds.map((rebuild) => ({
    key: rebuild.key,
    totals: totalsOf(rebuild),
    builds: [...rebuild.finished.values(), ...rebuild.failed.values()].map(
      ({ drv, state: how, lines: count, phases }) => [drv, how, count, phases.map(({ name }) => name)],
    ),
  }));
}

const newest = logNames.filter((name) => name.startsWith('nix-2.34/'));

test.each(newest)('%s told twice is as it is told once', (name) => {
  const lines = documentsOf(name);
  const once = rebuildsOf(lines, 4096);
  for (const behind of [1, 7, 90]) expect(rebuildsOf(twice(lines, behind), 4096)).toEqual(once);
});

test('what a build says twice was said twice', () => {
  const id = 77 * 2 ** 32 + 1;
  const start = `{"action":"start","fields":["/nix/store/a.drv","",1,1],"id":${id},"level":3,"parent":0,"text":"","type":105}`;
  const line = `{"action":"result","fields":["same"],"id":${id},"type":101}`;
  const count = (lines: readonly string[]) => {
    const step = new TwiceToldStep(nothingTold);
    return lines.filter((one) => !step.isTold(one)).length;
  };
  expect(count([start, line, line, line])).toBe(4);
  expect(count([start, line, line, start, line, line])).toBe(3);
  expect(count([start, start, line, line, line, line])).toBe(3);
  // An id within a string is none.
  expect(count([start, start, `{"action":"msg","level":1,"msg":"\\"id\\":${id}"}`])).toBe(2);
});

test('it remembers a bounded number of lines and writers', () => {
  let told = nothingTold;
  for (let pid = 1; pid <= 400; pid++) {
    const step = new TwiceToldStep(told);
    for (let n = 0; n < (pid % 100 === 0 ? 6000 : 3); n++) {
      expect(step.isTold(`{"action":"start","id":${pid * 2 ** 32 + n},"level":3}`)).toBe(false);
    }
    told = step.state;
  }
  expect(told.size).toBe(64);
  const lines = [...told.values()].reduce((sum, { once }) => sum + once.size, 0);
  expect(lines).toBeLessThanOrEqual(64 * 3);
});
