import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import type { SourceRow } from '../../src/bundle/source.ts';
import { sourcesInOrder } from '../../src/bundle/sources.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { output, runGather } from '../support/gathered.ts';

const never = new Promise<never>(() => {});
const row = (id: string, gather: SourceRow['gather'], more: Partial<SourceRow> = {}): SourceRow => ({
  ...{ id, what: id, from: id, stage: 'files', timeMs: 4000, mostBytes: 1 << 20, redaction: 'text', gather },
  ...more,
});
const good = (id: string, more: Partial<SourceRow> = {}) =>
  row(
    id,
    async ({ emit }) => {
      emit({ name: `${id}.txt`, body: `${id}\n` });
      return ok(undefined);
    },
    more,
  );

describe('what hangs', () => {
  it('is left alone and noted, and takes nothing from the others', async () => {
    const hung = row('hung', () => never);
    const half = row('half', async ({ emit }) => {
      emit({ name: 'half.txt', body: 'the beginning\n' });
      return never;
    });
    const ran = await runGather({ rows: [hung, half, good('after')], ports: createFakePorts() });
    expect(ran.records.map(({ row: { id }, result }) => [id, result])).toEqual([
      ['hung', 'left'],
      ['half', 'left'],
      ['after', 'ok'],
    ]);
    expect(ran.text('half.txt')).toBe('the beginning\n');
    expect(ran.text('after.txt')).toBe('after\n');
    expect(ran.tookMs).toBeLessThan(7000);
  });

  it('has less patience with the fourth', async () => {
    const rows = Array.from({ length: 8 }, (_, at) =>
      row(`hung ${at}`, () => never, { stage: 'processes', timeMs: 8000 }),
    );
    const ran = await runGather({ rows, ports: createFakePorts(), totalMs: 100_000 });
    expect(ran.tookMs).toBeLessThan(3 * 9500 + 5 * 3500);
  });

  it('all of it: it ends within its time, and what was not begun is said so', async () => {
    const rows = Array.from({ length: 60 }, (_, at) =>
      row(`hung ${at}`, () => never, { stage: 'programs', timeMs: 8000 }),
    );
    const own = row('own', () => never, { stage: 'own', timeMs: 60_000 });
    const ran = await runGather({ rows: [...rows, own], ports: createFakePorts(), totalMs: 20_000 });
    expect(ran.tookMs).toBeLessThan(23_000);
    expect(ran.records).toHaveLength(61);
    expect(ran.record('hung 59').result).toBe('not begun');
    expect(ran.record('own').result).toBe('left');
  });

  it('brings nothing any more once it was left', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = row('late', async ({ emit }) => {
      await promise;
      emit({ name: 'late.txt', body: 'too late\n' });
      return ok(undefined);
    });
    const last = row(
      'last',
      async () => {
        resolve();
        return ok(undefined);
      },
      { stage: 'programs' },
    );
    const ran = await runGather({ rows: [late, last], ports: createFakePorts() });
    expect(ran.record('late').result).toBe('left');
    expect(ran.files.has('late.txt')).toBe(false);
  });
});

describe('what fails', () => {
  it('is an entry, a bug of ours too', async () => {
    const rows = [
      row('denied', async () => fail('denied', '/x')),
      row('gone', async () => fail('gone', '/y')),
      row('bug', async () => {
        throw new TypeError('no such thing');
      }),
      row('partly', async ({ emit, miss }) => {
        emit({ name: 'partly.txt', body: 'some\n', cut: 'the first line' });
        miss({ kind: 'timeout', where: '/z' });
        return ok(undefined);
      }),
    ];
    const ran = await runGather({ rows, ports: createFakePorts() });
    expect(ran.records.map(({ result }) => result)).toEqual(['failed', 'nothing', 'failed', 'partly']);
    expect(ran.record('bug').problems[0]?.cause).toBe('a bug in nixpulse: no such thing');
    expect(ran.record('partly').files[0]?.cut).toBe('the first line');
  });

  it('brings no more than it may', async () => {
    const greedy = row('greedy', async ({ emit }) => {
      for (let at = 0; at < 10; at += 1) emit({ name: `${at}.txt`, body: 'x\n'.repeat(150_000) });
      return ok(undefined);
    });
    const ran = await runGather({ rows: [greedy], ports: createFakePorts() });
    expect(ran.files.size).toBe(4);
    expect(ran.record('greedy').problems[0]).toMatchObject({ kind: 'exhausted' });
  });

  it('cuts no secret in two: what is cut ends with a whole line', async () => {
    const cut = row('cut', async ({ emit }) => {
      emit({ name: 'cut.txt', body: 'whole\nexport A=ghp_abcdefg', cut: 'the first 27 bytes' });
      return ok(undefined);
    });
    const ran = await runGather({ rows: [cut], ports: createFakePorts() });
    expect(ran.text('cut.txt')).toBe('whole\n');
  });
});

it('says of a source without a right what it lacks', async () => {
  const ports = createFakePorts({ native: { uid: 1000 } });
  const ran = await runGather({ rows: [good('smart', { needs: 'administer' })], ports });
  expect(ran.record('smart')).toMatchObject({ result: 'ok', missing: ['root'] });
});

it('goes by stages: counters before processes, before files, before programs', async () => {
  const order: string[] = [];
  const at = (id: string, stage: SourceRow['stage']) =>
    row(
      id,
      async () => {
        order.push(id);
        return ok(undefined);
      },
      { stage },
    );
  const rows = [at('d', 'programs'), at('c', 'files'), at('a', 'counters'), at('b', 'processes')];
  const { stages } = await import('../../src/bundle/source.ts');
  const sorted = rows.toSorted((one, two) => stages.indexOf(one.stage) - stages.indexOf(two.stage));
  await runGather({ rows: sorted, ports: createFakePorts() });
  expect(order).toEqual(['a', 'b', 'c', 'd']);
});

it('ends when it is stopped, with what there is', async () => {
  const stop = new AbortController();
  const stopping = row(
    'stopping',
    async ({ emit }) => {
      emit({ name: 'first.txt', body: 'first\n' });
      stop.abort();
      return ok(undefined);
    },
    { stage: 'counters' },
  );
  const ran = await runGather({
    rows: [stopping, good('after')],
    ports: createFakePorts(),
    stop: stop.signal,
  });
  expect(ran.text('first.txt')).toBe('first\n');
  expect(ran.record('after').result).toBe('not begun');
});

describe('the table', () => {
  const rows = sourcesInOrder();

  it('has each id once, and says of each what it is', () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { what, from, timeMs, mostBytes } of rows) {
      expect(what).not.toBe('');
      expect(from).not.toBe('');
      expect(timeMs).toBeGreaterThan(0);
      expect(timeMs).toBeLessThanOrEqual(20_000);
      expect(mostBytes).toBeGreaterThan(0);
    }
  });

  it('ends within a minute where everything hangs but the kernel: disks, processes, programs', async () => {
    const pids = Array.from({ length: 50 }, (_, at) => 100 + at);
    const stat = (pid: number) =>
      `${pid} (nix) D 1 ${pid} ${pid} 0 -1 4194304 1 0 0 0 5 5 0 0 20 0 1 0 500 1000 10 18446744073709551615\n`;
    const tree: Record<string, FakeEntry> = Object.fromEntries(
      pids.flatMap((pid): [string, FakeEntry][] => [
        [`/proc/${pid}/stat`, stat(pid)],
        [`/proc/${pid}/status`, 'Uid:\t0\t0\t0\t0\n'],
        [`/proc/${pid}/wchan`, 'io_schedule'],
        [`/proc/${pid}/cmdline`, { hangs: true }],
      ]),
    );
    for (const path of [
      '/nix/var/nix',
      '/nix/var/nix/db',
      '/etc/nix/nix.conf',
      '/nix/var/log/nix/drvs',
      '/etc/os-release',
    ])
      tree[path] = { hangs: true };
    tree['/proc/uptime'] = '1000.00 1.00\n';
    tree['/proc/meminfo'] = 'MemTotal: 1 kB\n';
    const ports = createFakePorts({ tree });
    const ran = await runGather({ rows, ports, programs: () => never });
    expect(ran.tookMs).toBeLessThan(48_000);
    expect(ran.text('proc/meminfo')).toBe('MemTotal: 1 kB\n');
    expect(ran.text('processes/tree.txt')).toMatch(/100 .* D .*io_schedule .*\[nix\]/);
    expect(ran.record('nix-config').result).not.toBe('ok');
    expect(ran.record('nix-settings').problems.some(({ kind }) => kind === 'timeout')).toBe(true);
    expect(ran.records).toHaveLength(rows.length);
  });

  it('is gathered by who has no right at all', async () => {
    const tree: Record<string, FakeEntry> = {
      '/proc/slabinfo': { problem: 'denied' },
      '/proc/meminfo': 'MemTotal: 1 kB\n',
      '/nix/var/nix/db': { problem: 'denied' },
      '/etc/nix/nix.conf': 'cores = 2\n',
    };
    const ports = createFakePorts({ tree, native: { uid: 1000 } });
    const ran = await runGather({
      ...{ rows, ports },
      programs: async ([file]) =>
        file === 'dmesg'
          ? output('', { exitCode: 1, stderr: 'dmesg: read kernel buffer failed: Operation not permitted\n' })
          : output('said\n'),
    });
    expect(ran.record('dmesg')).toMatchObject({
      result: 'partly',
      problems: [{ kind: 'denied' }],
      missing: ['root'],
    });
    expect(ran.record('kernel-memory')).toMatchObject({ missing: ['root'] });
    expect(ran.text('etc/nix/nix.conf')).toBe('cores = 2\n');
    expect(ran.text('programs/units.txt')).toMatch(/^\$ systemctl list-units .*\nsaid\n$/);
  });
});
