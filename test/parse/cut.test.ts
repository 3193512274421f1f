/** Files cut after any byte: no parser throws, and what it still tells is what the whole file says. */
import { expect, test } from 'vitest';
import { parseErrorStats } from '../../src/parse/btrfs-state.ts';
import { parseArcstats, parseZram } from '../../src/parse/compressed-memory.ts';
import { parseCpuStat, parseLoadavg, parseUptime } from '../../src/parse/cpu-stat.ts';
import { parseHexCount } from '../../src/parse/device-state.ts';
import { parseDiskstats } from '../../src/parse/diskstats.ts';
import {
  parseBuildDirectory,
  parseCpuList,
  parseCpuModel,
  parsePrettyName,
} from '../../src/parse/host-facts.ts';
import { readKernelLine } from '../../src/parse/kernel-line.ts';
import { parseKernelRecord } from '../../src/parse/kmsg.ts';
import { parseMeminfo } from '../../src/parse/meminfo.ts';
import { parseMounts, parseSwaps } from '../../src/parse/mountinfo-mounts.ts';
import { nixVersionOfDpkg } from '../../src/parse/nix-version.ts';
import { parsePressure } from '../../src/parse/pressure.ts';
import { parseLimit } from '../../src/parse/process-limits.ts';
import { parseVmstat } from '../../src/parse/vmstat.ts';
import { capture } from '../support/captures.ts';
import { arcstats, dpkgStatus, mountinfo, swaps, zramStat } from './texts.ts';

const cases: readonly [name: string, text: string, parse: (text: string) => unknown][] = [
  ['pressure', capture('pressure-memory'), (text) => parsePressure(text, 'memory')],
  ['meminfo', capture('meminfo'), parseMeminfo],
  ['vmstat', capture('vmstat'), parseVmstat],
  ['stat', capture('stat'), parseCpuStat],
  ['loadavg', capture('loadavg'), parseLoadavg],
  ['uptime', capture('uptime'), parseUptime],
  ['diskstats', capture('diskstats'), (text) => parseDiskstats(text, () => true)],
  ['mountinfo', mountinfo, parseMounts],
  ['swaps', swaps, parseSwaps],
  ['arcstats', arcstats, parseArcstats],
  ['zram', zramStat, parseZram],
  ['cpu list', '0-15,32\n', parseCpuList],
  ['dpkg', dpkgStatus, nixVersionOfDpkg],
];

/** Null, a Problem, fewer rows: fine. Another number or name: not. */
function agrees(cut: unknown, whole: unknown): boolean {
  if (cut === null || cut === whole) return true;
  if (typeof cut !== 'object' || typeof whole !== 'object' || whole === null) return false;
  if ('ok' in cut && cut.ok === false) return true;
  return Object.entries(cut).every(([key, value]) => agrees(value, (whole as Record<string, unknown>)[key]));
}

test.each(cases)('%s', (_, text, parse) => {
  const whole = parse(text);
  expect(whole).not.toBeNull();
  expect(whole).not.toMatchObject({ ok: false });
  for (let length = 0; length < text.length; length += 1) {
    const cut = parse(text.slice(0, length));
    expect(agrees(cut, whole), `cut at ${length}: ${JSON.stringify(cut)}`).toBe(true);
  }
});

const parsers: readonly ((text: string) => unknown)[] = [
  ...cases.map(([, , parse]) => parse),
  parsePrettyName,
  parseCpuModel,
  parseBuildDirectory,
  parseErrorStats,
  parseHexCount,
  parseKernelRecord,
  (text) => parseLimit(text, 'Max open files'),
  (text) => readKernelLine(text, null),
];
const garbage = [
  '',
  '\n',
  '\0',
  ' ',
  '-',
  'cpu',
  '𝔫\uFFFD',
  'some avg10=',
  'MemTotal: x kB\n',
  '\n\n\n',
  '9'.repeat(400),
];

test.each(garbage.map((text) => [JSON.stringify(text.slice(0, 20)), text]))(
  'garbage %s never throws',
  (_, text) => {
    for (const parse of parsers) expect(() => parse(text)).not.toThrow();
  },
);

test('texts written elsewhere than by Linux are read or refused, never misread', () => {
  for (const [name, text, parse] of cases) {
    const crlf = parse(text.replaceAll('\n', '\r\n'));
    expect(agrees(crlf, parse(text)), name).toBe(true);
  }
});
