import { describe, expect, it } from 'vitest';
import { createLogsSource } from '../../src/followers/logs-source.ts';
import { createStreamBuffer } from '../../src/followers/stream-buffer.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { build, line } from '../support/rebuild-log.ts';

const stream = { id: 'stdin', origin: { kind: 'stdin' }, writers: 'one' } as const;
const bytesOf = (...documents: readonly object[]) =>
  Buffer.from(documents.map((one) => `@nix ${JSON.stringify(one)}\n`).join(''));

describe('the bytes of a stream until a tick takes them', () => {
  it('are events, joined over all that came since the last one', () => {
    const buffer = createStreamBuffer(stream);
    expect(buffer.take()).toBeNull();
    const text = bytesOf(build(1, 'a'), ...Array.from({ length: 50 }, (_, i) => line(1, `${i}`)));
    for (let at = 0; at < text.length; at += 7) buffer.push(text.subarray(at, at + 7));
    expect(buffer.take()).toMatchObject({
      ...stream,
      events: [
        { kind: 'start', activity: { type: 'build' } },
        { kind: 'lines', count: 50 },
      ],
    });
    expect(buffer.take()).toBeNull();
  });

  it('are read before a tick comes where there are many, so that a flood is not held', () => {
    const buffer = createStreamBuffer(stream);
    const long = 'x'.repeat(1_900);
    const flood = bytesOf(...Array.from({ length: 200 }, () => line(1, long)));
    buffer.push(bytesOf(build(1, 'a')));
    for (let round = 0; round < 20; round++) buffer.push(flood);
    const events = buffer.take()?.events ?? [];
    const counted = events.reduce((sum, event) => sum + (event.kind === 'lines' ? event.count : 0), 0);
    const held = events.reduce((sum, event) => sum + (event.kind === 'lines' ? event.lines.length : 0), 0);
    expect(counted).toBe(4_000);
    expect(held).toBeLessThan(4_000);
  });

  it('end with the rest of a line and the exit code, and nothing comes after that', () => {
    const buffer = createStreamBuffer(stream);
    buffer.push(Buffer.from('building the system configuration...'));
    buffer.end(3);
    buffer.push(bytesOf(build(1, 'a')));
    buffer.end(0);
    const events = buffer.take()?.events;
    expect(events?.map(({ kind }) => kind)).toEqual(['step', 'end']);
    expect(events?.at(-1)).toEqual({ kind: 'end', exitCode: 3 });
  });

  it('begin anew after what was lost, and say how much that was', () => {
    const buffer = createStreamBuffer(stream);
    buffer.push(Buffer.from('@nix {"action":"start","id":1,'));
    buffer.lost(1_000);
    buffer.push(bytesOf(build(2, 'b')));
    expect(buffer.take()).toMatchObject({ lostBytes: 1_000, events: [{ kind: 'start', id: '2' }] });
    expect(buffer.take()).toBeNull();
  });

  it('that were there before us are taken by themselves', () => {
    const buffer = createStreamBuffer(stream);
    buffer.push(bytesOf(build(1, 'a')), true);
    buffer.push(bytesOf(build(2, 'b')));
    expect(buffer.take()).toMatchObject({ early: true, events: [{ id: '1' }] });
    expect(buffer.take()).toEqual({ ...stream, events: [expect.objectContaining({ id: '2' })] });
  });

  it('tell once why they are not followed any more', () => {
    const buffer = createStreamBuffer(stream);
    const problem = { kind: 'gone', where: '/run/log' } as const;
    buffer.fail(problem);
    expect(buffer.take()).toEqual({ ...stream, events: [], problem });
    expect(buffer.take()).toBeNull();
  });
});

describe('the source of all streams', () => {
  it('brings nothing where nothing came, and the streams that brought something', () => {
    const clock = createFakeClock();
    const source = createLogsSource(clock);
    const [quiet, busy] = [createStreamBuffer(stream), createStreamBuffer({ ...stream, id: 'other' })];
    const closed: string[] = [];
    source.add({ take: quiet.take, close: () => void closed.push('quiet') });
    source.add({ take: busy.take, close: () => void closed.push('busy') });
    expect(source.sample()).toEqual({});
    busy.push(bytesOf(build(1, 'a')));
    expect(source.sample()).toMatchObject({
      logs: { ok: true, atMs: clock.monotonic(), value: { streams: [{ id: 'other' }] } },
    });
    source.close();
    expect(closed).toEqual(['quiet', 'busy']);
  });
});
