/** The machine's files: what each parser makes of real captures and of other kernels' texts. */
import { describe, expect, test } from 'vitest';
import { parseArcstats, parseZram } from '../../src/parse/compressed-memory.ts';
import { parseCpuStat, parseLoadavg, parseUptime } from '../../src/parse/cpu-stat.ts';
import { parseMeminfo } from '../../src/parse/meminfo.ts';
import { parsePressure } from '../../src/parse/pressure.ts';
import { rowNumber } from '../../src/parse/row-number.ts';
import { parseVmstat } from '../../src/parse/vmstat.ts';
import { capture } from '../support/captures.ts';
import { arcstats, zramStat } from './texts.ts';

test.each([
  ['first row', 'a 1\nb 2\n', 'a ', 1],
  ['later row', 'a 1\nb 2\n', 'b ', 2],
  ['aligned with a unit', 'MemTotal:       24684092 kB\n', 'MemTotal:', 24684092],
  ['only whole names', 'SwapCached: 3 kB\nCached: 5 kB\n', 'Cached:', 5],
  ['missing', 'a 1\n', 'c ', null],
  ['no number', 'a x\n', 'a ', null],
  ['negative', 'a -1\n', 'a ', null],
  ['number at the end may be cut', 'a 12', 'a ', null],
  ['garbled number', 'a 12x\n', 'a ', null],
  ['empty', '', 'a ', null],
])('row number: %s', (_, text, name, value) => {
  expect(rowNumber(text, name)).toBe(value);
});

describe('pressure', () => {
  test('both rows of a capture', () => {
    expect(parsePressure(capture('pressure-io'), 'io')).toMatchObject({
      ok: true,
      value: { some: { totalUsec: expect.any(Number) }, full: { avg10: expect.any(Number) } },
    });
    const text =
      'some avg10=42.14 avg60=9.21 avg300=2.34 total=15412243\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n';
    expect(parsePressure(text, 'cpu')).toEqual({
      ok: true,
      value: {
        some: { avg10: 42.14, avg60: 9.21, avg300: 2.34, totalUsec: 15412243 },
        full: { avg10: 0, avg60: 0, avg300: 0, totalUsec: 7 },
      },
    });
  });
  test('irq has only full, cpu of 5.12 only some, rows to come are passed over', () => {
    const full = 'full avg10=1.00 avg60=0.00 avg300=0.00 total=5\n';
    expect(parsePressure(`most avg10=9.00 avg60=0.00 avg300=0.00 total=1\n${full}`, 'irq')).toMatchObject({
      value: { some: null, full: { avg10: 1, totalUsec: 5 } },
    });
    expect(parsePressure(full.replace('full', 'some'), 'cpu')).toMatchObject({ value: { full: null } });
  });
  test.each(['', 'nonsense\n', 'some avg10=nan avg60=0.00 avg300=0.00 total=1\n'])(
    '%j is malformed',
    (text) => {
      expect(parsePressure(text, '/proc/pressure/io')).toMatchObject({
        problem: { kind: 'malformed', where: '/proc/pressure/io' },
      });
    },
  );
});

describe('memory', () => {
  test('a capture: bytes, page cache without shared memory', () => {
    const parsed = parseMeminfo(capture('meminfo'));
    if (!parsed.ok) throw new Error('malformed');
    const kib = (name: string) =>
      Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(capture('meminfo'))?.[1]) * 1024;
    expect(parsed.value).toEqual({
      totalBytes: kib('MemTotal'),
      freeBytes: kib('MemFree'),
      availableBytes: kib('MemAvailable'),
      buffersBytes: kib('Buffers'),
      pageCacheBytes: kib('Cached') + kib('SReclaimable') - kib('Shmem'),
      sharedBytes: kib('Shmem'),
      dirtyBytes: kib('Dirty'),
      writebackBytes: kib('Writeback'),
      swapTotalBytes: kib('SwapTotal'),
      swapFreeBytes: kib('SwapFree'),
    });
  });
  test('an old kernel without MemAvailable: null, not 0', () => {
    const old = capture('meminfo').replace(/^MemAvailable.*\n/m, '');
    expect(parseMeminfo(old)).toMatchObject({ ok: true, value: { availableBytes: null } });
  });
  test('without MemTotal it is no meminfo', () => {
    expect(parseMeminfo('MemFree: 1 kB\n').ok).toBe(false);
  });
  test('vmstat: counters, and null for those that the kernel lacks', () => {
    expect(parseVmstat('pswpin 7\npswpout 9\npgmajfault 1216\noom_kill 2\n')).toEqual({
      swapInPages: 7,
      swapOutPages: 9,
      majorFaults: 1216,
      oomKills: 2,
      refaults: null,
      scannedPages: null,
    });
    expect(parseVmstat(capture('vmstat')).majorFaults).toBeGreaterThan(0);
    expect(parseVmstat(capture('vmstat'))).toMatchObject({ refaults: 682_497, scannedPages: 0 });
    const scans =
      'workingset_refault 4\npgscan_kswapd 5\npgscan_direct 6\npgscan_direct_throttle 70\npgscan_anon 3\npgscan_file 8\n';
    expect(parseVmstat(scans)).toMatchObject({ refaults: 4, scannedPages: 11 });
    expect(parseVmstat('pgmajfault 3\n')).toMatchObject({ swapInPages: null, oomKills: null });
  });
  test('ZFS and zram', () => {
    expect(parseArcstats(arcstats)).toEqual({ sizeBytes: 8589934592, minBytes: 1043931648 });
    expect(parseArcstats('size 4 1\n')).toEqual({ sizeBytes: 1, minBytes: null });
    expect(parseArcstats('anon_size 4 1\n')).toBeNull();
    expect(parseZram(zramStat)).toEqual({ originalBytes: 4294967296, usedBytes: 1101004800 });
    expect(parseZram('')).toBeNull();
  });
});

describe('cpu', () => {
  const row = 'cpu  10 20 30 40 50 60 70 80 90 100\n';
  test('a capture', () => {
    const parsed = parseCpuStat(capture('stat'));
    expect(parsed).toMatchObject({ ok: true, value: { cpus: 2, runningProcesses: expect.any(Number) } });
  });
  test('ticks by name; CPUs are counted, not numbered (one may be offline)', () => {
    expect(
      parseCpuStat(`${row}cpu0 1 2 3\ncpu7 1 2 3\nintr 1 2\nprocs_running 6\nprocs_blocked 2\n`),
    ).toEqual({
      ok: true,
      value: {
        ticks: { user: 10, nice: 20, system: 30, idle: 40, iowait: 50, irq: 60, softirq: 70, steal: 80 },
        cpus: 2,
        runningProcesses: 6,
        blockedProcesses: 2,
      },
    });
  });
  test.each([
    ['no cpu row', 'intr 1\n'],
    ['too few fields', 'cpu  1 2 3\ncpu0 1\nintr 1\n'],
    ['a negative field', `${row.replace('10', '-10')}cpu0 1\nintr 1\n`],
    ['no CPU at all', `${row}intr 1\n`],
  ])('%s is malformed', (_, text) => {
    expect(parseCpuStat(text).ok).toBe(false);
  });
  test('load and uptime', () => {
    expect(parseLoadavg('0.45 12.00 0.22 1/144 11355\n')).toEqual({ one: 0.45, five: 12, fifteen: 0.22 });
    expect(parseLoadavg('0.45')).toBeNull();
    expect(parseUptime('350735.47 234388.90\n')).toBe(350735.47);
    expect(parseUptime('')).toBeNull();
  });
});
