/** A machine log, written by hand: builds that begin, say something and fail, and the state it leads to. */
import { foldLog } from '../../src/logs/fold.ts';
import { type LogState, newLogState, type Writers } from '../../src/logs/log-state.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';

export const drvOf = (name: string) => `/nix/store/${'a'.repeat(32)}-${name}.drv`;

export class RebuildLog {
  private reader = newLogReader;
  state: LogState;
  private readonly prefix: string;

  constructor(writers: Writers = 'one') {
    this.state = newLogState(writers);
    this.prefix = writers === 'one' ? '@nix ' : '';
  }

  get rebuild(): Rebuild {
    const [rebuild] = this.state.rebuilds;
    if (rebuild === undefined) throw new Error('nothing was heard');
    return rebuild;
  }

  at(timeMs: number, ...documents: readonly (object | string)[]): this {
    const text = documents.map((one) =>
      typeof one === 'string' ? `${one}\n` : `${this.prefix}${JSON.stringify(one)}\n`,
    );
    const read = readLog(this.reader, Buffer.from(text.join('')));
    this.reader = read.reader;
    this.state = foldLog(this.state, read.events, timeMs);
    return this;
  }

  events(timeMs: number, ...events: readonly LogEvent[]): this {
    this.state = foldLog(this.state, events, timeMs);
    return this;
  }
}

export const build = (id: number, name: string, host = '', parent = 0) => ({
  action: 'start',
  id,
  level: 3,
  parent,
  type: 105,
  text: `building '${drvOf(name)}'`,
  fields: [drvOf(name), host, 1, 1],
});
export const bare = (id: number, type: number, parent = 0) => ({
  action: 'start',
  id,
  level: 0,
  parent,
  type,
  text: '',
});
export const start = (
  id: number,
  type: number,
  text: string,
  fields: readonly unknown[] = [],
  parent = 0,
) => ({
  action: 'start',
  id,
  level: 3,
  parent,
  type,
  text,
  fields,
});
export const stop = (id: number) => ({ action: 'stop', id });
export const result = (id: number, type: number, ...fields: readonly unknown[]) => ({
  action: 'result',
  id,
  type,
  fields,
});
export const line = (id: number, text: string) => result(id, 101, text);
export const progress = (id: number, ...fields: readonly number[]) => result(id, 105, ...fields);
export const say = (msg: string, level = 3) => ({ action: 'msg', level, msg });
export const error = (raw: string) => ({
  action: 'msg',
  level: 0,
  msg: `\x1b[31;1merror:\x1b[0m ${raw.replaceAll('\n', '\n       ')}`,
  raw_msg: raw,
  file: null,
  line: null,
  column: null,
});
