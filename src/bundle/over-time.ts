/** Counters once a second for ten seconds: rates, and whether anything moves at all. */
import { ok } from '../base/problem.ts';
import type { SourceRow } from './source.ts';
import { cutText } from './values.ts';

const paths = [
  '/proc/pressure/memory',
  '/proc/pressure/io',
  '/proc/pressure/cpu',
  '/proc/diskstats',
  '/proc/vmstat',
  '/proc/meminfo',
  '/proc/loadavg',
];
const everyMs = 1000;
const times = 11;

/** Beside everything else: it begins with the counters and waits for nothing. */
export const overTime: SourceRow = {
  id: 'ten-seconds',
  what: 'pressure, disks and memory once a second for ten seconds',
  from: paths.join(' '),
  stage: 'own',
  timeMs: 14_000,
  mostBytes: 2 << 20,
  redaction: 'text',
  async gather({ ports, emit, ended, mostBytes }) {
    const { clock, files } = ports;
    const perFile = new Map<string, string[]>(paths.map((path) => [path, []]));
    for (let look = 0; look < times && !ended.aborted; look += 1) {
      if (look > 0) await new Promise<void>((resolve) => clock.after(everyMs, resolve));
      const time = new Date(clock.now()).toISOString();
      for (const path of paths) {
        const read = files.read(path);
        perFile.get(path)?.push(`==> ${time} <==\n${read.ok ? read.value : `(${read.problem.kind})\n`}`);
      }
    }
    for (const [path, looks] of perFile) {
      const text = looks.join('');
      const most = Math.floor(mostBytes / paths.length);
      emit({
        name: `ten-seconds/${path.slice('/proc/'.length)}`,
        body: text.slice(0, most),
        cut: cutText(text, most),
      });
    }
    return ok(undefined);
  },
};
