import { describe, expect, it, test } from 'vitest';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { LogBatch, mostLines } from '../../src/parse/log-batch.ts';
import { longestLineBytes } from '../../src/parse/log-lines.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { eventsOf, logBytes, logNames } from '../support/logs.ts';

/** Events as they are when nothing was told twice and everything came at once. */
function settled(events: readonly LogEvent[]): readonly LogEvent[] {
  const batch = new LogBatch();
  let message = -1;
  const kept: (LogEvent | null)[] = [];
  for (const event of events) {
    if (event.kind === 'message' && event.revises && message >= 0)
      kept[message] = { ...event, revises: false };
    else {
      if (event.kind === 'message') message = kept.length;
      kept.push(event);
    }
  }
  for (const event of kept) if (event !== null) batch.add(event);
  return batch.events.map((event) =>
    event.kind === 'lines' || event.kind === 'output'
      ? { ...event, lines: event.lines.slice(-mostLines) }
      : event,
  );
}

const kinds = (events: readonly LogEvent[]) => events.map(({ kind }) => kind);
const doc = (value: object) => `@nix ${JSON.stringify(value)}\n`;
const plain = (value: object) => `${JSON.stringify(value)}\n`;

describe('real streams', () => {
  it.each(logNames)('%s: every document is read', (name) => {
    const events = eventsOf(logBytes(name));
    const skipped = events.filter((event) => event.kind === 'skipped');
    expect(skipped.reduce((sum, { broken }) => sum + broken, 0)).toBe(0);
    expect(JSON.stringify(events)).not.toContain('@nix');
    expect(kinds(events).at(-1)).toBe('end');
  });

  it.each(logNames)('%s: cut into pieces of any size it says the same', (name) => {
    const bytes = logBytes(name);
    const whole = settled(eventsOf(bytes));
    // Each byte alone costs too much for the largest, and says no more than the others do.
    for (const size of bytes.length < 20_000 ? [1, 2, 7, 64, 1000] : [61, 4096])
      expect(settled(eventsOf(bytes, size)), `pieces of ${size}`).toEqual(whole);
  });

  it.each(logNames)('%s: without `@nix ` it says the same', (name) => {
    const text = Buffer.from(logBytes(name)).toString('utf8');
    expect(eventsOf(text.replaceAll(/^@nix /gm, ''))).toEqual(eventsOf(text));
  });

  it('keeps its reader as it was', () => {
    const bytes = logBytes('nixos-rebuild/flake-fail');
    const half = readLog(newLogReader, bytes.subarray(0, 700));
    const again = readLog(half.reader, bytes.subarray(700)).events;
    expect(readLog(half.reader, bytes.subarray(700)).events).toEqual(again);
  });
});

describe('what a line may hold', () => {
  const stop = { action: 'stop', id: 5 };

  test.each([
    ['a carriage return of a progress bar', `\r${doc(stop)}`],
    ['text that a carriage return overwrote', `10%\r\x1b[K${doc(stop)}`],
    ['a line end of two characters', `@nix ${JSON.stringify(stop)}\r\n`],
    ['nothing before the document', plain(stop)],
    ['no line end', `@nix ${JSON.stringify(stop)}`],
  ])('%s', (_, text) => {
    expect(eventsOf(text)).toContainEqual({ kind: 'stop', id: '5' });
    expect(kinds(eventsOf(text)).filter((kind) => kind === 'skipped')).toEqual([]);
  });

  it('reads a document behind a prompt without line end, and text behind a document', () => {
    expect(eventsOf(`[sudo] password for ann: ${doc(stop)}`)).toEqual([
      { kind: 'output', lines: ['[sudo] password for ann: '], count: 1 },
      { kind: 'stop', id: '5' },
      { kind: 'end', exitCode: null },
    ]);
    expect(eventsOf(`@nix ${JSON.stringify(stop)}Killed\n`)).toEqual([
      { kind: 'stop', id: '5' },
      { kind: 'output', lines: ['Killed'], count: 1 },
      { kind: 'end', exitCode: null },
    ]);
  });

  it('reads two documents of two writers in one line', () => {
    const two = `${JSON.stringify(stop)}${JSON.stringify({ action: 'stop', id: 6 })}\n`;
    expect(kinds(eventsOf(two))).toEqual(['stop', 'stop', 'end']);
  });

  it('joins a document that another writer cut, at every place', () => {
    const cut = JSON.stringify({
      action: 'result',
      fields: ['building {"action":1} \u2713'],
      id: 7,
      type: 101,
    });
    const other = plain({ action: 'stop', id: 8 });
    for (let at = 12; at < cut.length; at++) {
      const events = eventsOf(`${cut.slice(0, at)}${other}${cut.slice(at)}\n`);
      expect(events, `cut at ${at}`).toContainEqual({ kind: 'stop', id: '8' });
      expect(events, `cut at ${at}`).toContainEqual(expect.objectContaining({ kind: 'lines', id: '7' }));
    }
  });

  it('counts what is broken, and goes on', () => {
    const events = eventsOf(`@nix {"action":"stop","id":\n@nix {"action":"start"}\n${doc(stop)}`);
    expect(events).toContainEqual({ kind: 'stop', id: '5' });
    expect(events.reduce((sum, event) => sum + (event.kind === 'skipped' ? event.broken : 0), 0)).toBe(2);
  });

  it('waits for the other halves of a few documents, none of them too long', () => {
    const begun = (text: string) => `@nix {"action":"msg","level":3,"msg":"${text}\n`;
    const twenty = readLog(newLogReader, Buffer.from(begun('x').repeat(20)));
    expect(twenty.reader.cut).toHaveLength(8);
    expect(twenty.events).toEqual([{ kind: 'skipped', broken: 12, talkative: 0 }]);
    const long = readLog(newLogReader, Buffer.from(begun('x'.repeat(70_000))));
    expect([long.reader.cut.length, long.events]).toEqual([
      0,
      [{ kind: 'skipped', broken: 1, talkative: 0 }],
    ]);
  });

  it('bounds what an activity names', () => {
    const long = `/nix/store/${'x'.repeat(10_000)}`;
    expect(
      eventsOf(doc({ action: 'start', id: 1, type: 108, text: '', fields: [long, long] }))[0],
    ).toMatchObject({
      activity: { path: long.slice(0, 4_096), from: long.slice(0, 4_096) },
    });
  });

  it('keeps invalid UTF-8 as the character that stands for it, wherever it is cut', () => {
    const start = '@nix {"action":"result","fields":["a';
    const bytes = Buffer.concat([
      Buffer.from(start),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('\u00e9"],"id":1,"type":101}\n'),
    ]);
    for (let size = 1; size < 8; size++)
      expect(eventsOf(bytes, size)[0]).toMatchObject({ kind: 'lines', lines: ['a\ufffd\ufffd\u00e9'] });
  });

  it('bounds a line of 200 kB and one without end', () => {
    const long = 'x'.repeat(200_000);
    const [event] = eventsOf(doc({ action: 'result', id: 1, type: 101, fields: [long] }), 4096);
    expect(event).toMatchObject({ kind: 'lines', count: 1, lines: [`${'x'.repeat(2000)}…`] });
    let { reader } = readLog(newLogReader, new Uint8Array());
    for (let i = 0; i < 40; i++) ({ reader } = readLog(reader, new Uint8Array(1 << 16).fill(120)));
    expect(reader.line.bytes).toBe(longestLineBytes);
    expect(kinds(readLog(reader, Buffer.from(`\n${doc(stop)}`)).events)).toEqual(['output', 'stop']);
  });

  it('takes what is far too long for an id, and no number, as broken', () => {
    const broken = { kind: 'skipped', broken: 1, talkative: 0 };
    expect(eventsOf(doc({ action: 'stop', id: '9'.repeat(65) }))[0]).toEqual(broken);
    expect(eventsOf('@nix {"action":"result","id":1,"type":1e999}\n')[0]).toEqual(broken);
    const digits = '9'.repeat(65);
    expect(eventsOf(`@nix {"action":"result","fields":[1,2,3,4],"id":${digits},"type":105}\n`)[0]).toEqual(
      broken,
    );
  });

  it('keeps ids past 2^53 apart, and sizes past it unknown', () => {
    const text =
      '@nix {"action":"stop","id":11780004371236755}\n@nix {"action":"stop","id":11780004371236756}\n' +
      '@nix {"action":"result","fields":[0,9223372036854775808,0,0],"id":17752014662402048,"type":105}\n' +
      '@nix {"action":"result","fields":[101,9223372036854775808],"id":17752014662402048,"type":106}\n';
    expect(eventsOf(text)).toEqual([
      { kind: 'stop', id: '11780004371236755' },
      { kind: 'stop', id: '11780004371236756' },
      { kind: 'progress', id: '17752014662402048', done: 0, expected: null, running: 0, failed: 0 },
      { kind: 'expected', id: '17752014662402048', of: 'download', count: null },
      { kind: 'end', exitCode: null },
    ]);
  });

  it('shows the colours of a log line and nothing else of what a terminal would obey', () => {
    const line =
      '\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07gone 10%\r\x1b[1A\x1b[1m20%\x1b[m\u202e\x07 \x9bx';
    const [event] = eventsOf(doc({ action: 'result', id: 1, type: 101, fields: [line] }));
    expect(event).toMatchObject({ lines: ['\x1b[1m20%\x1b[m x'] });
  });
});

describe('numbers that differ by maker', () => {
  const one = (value: object) => eventsOf(doc(value))[0];

  it('tells 109 and 110 by their shape', () => {
    expect(one({ action: 'result', id: 1, type: 109, fields: ['/nix/store/abc-source'] })).toEqual({
      kind: 'status',
      id: '1',
      text: '/nix/store/abc-source',
    });
    expect(
      one({
        action: 'result',
        id: 1,
        type: 109,
        payload: { drvPath: '/nix/store/a.drv', specified: 'sha256-A', got: 'sha256-B' },
      }),
    ).toEqual({
      kind: 'hash-mismatch',
      id: '1',
      drv: '/nix/store/a.drv',
      specified: 'sha256-A',
      got: 'sha256-B',
    });
    const payload = {
      status: 'Built',
      path: { drvPath: 'abc-hello.drv', outputs: [] },
      cpuUser: 5,
      cpuSystem: 7,
    };
    expect(one({ action: 'result', id: 1, type: 110, payload })).toEqual({
      kind: 'ended',
      id: '1',
      drv: '/nix/store/abc-hello.drv',
      success: true,
      status: 'Built',
      text: null,
      cpuUsec: 12,
    });
    expect(
      one({
        action: 'result',
        id: 1,
        type: 110,
        payload: { success: false, status: 'TimedOut', errorMsg: 'x' },
      }),
    ).toMatchObject({ success: false, status: 'TimedOut', text: 'x', cpuUsec: null });
  });

  it('keeps numbers that nobody knows', () => {
    expect(one({ action: 'start', id: 1, type: 114, text: 'doing', level: 3, parent: 0 })).toMatchObject({
      activity: { type: 'other', number: 114 },
      parent: null,
      text: 'doing',
    });
    expect(one({ action: 'result', id: 1, type: 111, fields: [null] })).toEqual({
      kind: 'other-result',
      id: '1',
      number: 111,
      count: 1,
    });
    expect(
      one({ action: 'start', id: 1, type: 112, text: "fetching git input 'git+file:/x'" }),
    ).toMatchObject({
      activity: { type: 'fetch', input: 'git+file:/x' },
    });
    expect(one({ action: 'start', id: 1, type: 113, text: '', fields: ['/etc/nixos', 1] })).toMatchObject({
      activity: { type: 'copy-source', path: '/etc/nixos' },
    });
  });
});

describe('many lines in one tick', () => {
  it('keeps the last progress of an activity, but not beyond a start or stop', () => {
    const progress = (id: number, done: number) =>
      doc({ action: 'result', id, type: 105, fields: [done, 9, 1, 0] });
    const text = `${progress(1, 1)}${progress(2, 1)}${progress(1, 2)}${doc({ action: 'stop', id: 2 })}${progress(1, 3)}`;
    expect(
      eventsOf(text).map((event) => ('done' in event ? `${event.id} ${event.done}` : event.kind)),
    ).toEqual(['1 2', '2 1', 'stop', '1 3', 'end']);
  });

  it('keeps the last status of a fetch, and counts what tells nothing', () => {
    const one = (type: number, ...fields: readonly unknown[]) =>
      doc({ action: 'result', id: 1, type, fields });
    const text = `${one(108, '1%')}${one(100, 5, 9)}${one(108, '2%')}${one(100, 6, 9)}${one(108, '3%')}`;
    expect(eventsOf(text)).toEqual([
      { kind: 'status', id: '1', text: '3%' },
      { kind: 'other-result', id: '1', number: 100, count: 2 },
      { kind: 'end', exitCode: null },
    ]);
  });

  it('keeps the last lines of a build, and counts all', () => {
    const text = Array.from({ length: 5000 }, (_, i) =>
      doc({ action: 'result', id: 1 + (i % 2), type: 101, fields: [`line ${i}`] }),
    ).join('');
    const events = eventsOf(text).filter((event) => event.kind === 'lines');
    expect(events.map(({ count }) => count)).toEqual([2500, 2500]);
    for (const { lines } of events) expect(lines.length).toBeLessThan(2 * mostLines);
    expect(events[1]?.lines.at(-1)).toBe('line 4999');
  });
});

describe('a message of 200 kB', () => {
  const fill = (text: string) => text.repeat(Math.floor(200_000 / text.length));
  const drv = `/nix/store/${'a'.repeat(32)}-x.drv`;

  /** Patterns that walk back would take minutes over it, and a reader that calls itself ends the program. */
  test.each([
    [`build of '${drv}' on 'h' failed: `, ''],
    [`Cannot build '${drv}'.\nReason: `, ''],
    ['\n', 'hash mismatch '],
    ['\n', ''],
    ['.drv!', "some substitutes for the outputs of derivation '"],
    ['/', 'No space left on device '],
    ['(a, 1, b, c, ', 'Failed to find a machine for remote build!\n(systems, mandatoryFeatures)'],
    ["SQLite database '", 'waiting for '],
    [' download, ', 'these paths will be fetched ('],
  ])('of %j behind %j is read', (part, head) => {
    const raw = head + fill(part);
    for (const raw_msg of [raw, undefined])
      expect(kinds(eventsOf(doc({ action: 'msg', level: 0, msg: `error: ${raw}`, raw_msg })))).toEqual([
        'message',
        'end',
      ]);
    expect(kinds(eventsOf(doc({ action: 'msg', level: 3, msg: raw })))).toEqual(['message', 'end']);
    expect(kinds(eventsOf(doc({ action: 'start', id: 1, type: 111, text: raw })))).toEqual(['start', 'end']);
  });

  it('says what failed at its head, and where at the end of its trace', () => {
    const lines = fill('> line\n');
    const failed = `Cannot build '${drv}'.\nReason: builder failed with exit code 4.\nLast 9 log lines:\n${lines}`;
    expect(
      eventsOf(doc({ action: 'msg', level: 0, msg: `error: ${failed}`, raw_msg: failed }))[0],
    ).toMatchObject({
      meaning: { failure: { kind: 'exit', drv, code: 4 } },
    });
    const trace = `error:\n${fill('       … while calling\n')}       at /etc/nixos/x.nix:7:9:\n\n       error: attribute 'y' missing\n`;
    expect(eventsOf(doc({ action: 'msg', level: 0, msg: trace }))[0]).toMatchObject({
      meaning: { failure: { kind: 'evaluation', file: '/etc/nixos/x.nix', line: 7, column: 9 } },
    });
  });

  it('keeps of a trace what is shown, in the failure as well', () => {
    const trace = Array.from({ length: 1000 }, (_, i) => ({
      raw_msg: `${i}`,
      file: '/x.nix',
      line: i,
      column: 1,
    }));
    const [event] = eventsOf(doc({ action: 'msg', level: 0, msg: 'error: x', raw_msg: 'x', trace }));
    expect(event).toMatchObject({ trace: { length: 32 }, meaning: { failure: { trace: { length: 32 } } } });
  });
});
