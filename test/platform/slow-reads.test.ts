import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemRoot } from '../../src/platform/root-path.ts';
import { createSlowReads, type SlowCalls } from '../../src/platform/slow-reads.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { settled } from '../support/fake-ports.ts';

/** readlink and statfs that come back only when told. */
function hanging() {
  const held = new Map<string, (error: Error | null, value?: unknown) => void>();
  const started: string[] = [];
  const hold = (path: string, done: (error: Error | null, value?: unknown) => void) => {
    started.push(path);
    held.set(path, done);
  };
  const calls = { ...fs, readlink: hold, statfs: hold } as unknown as SlowCalls;
  return {
    calls,
    started,
    release: (path: string, error: Error | null = null, value: unknown = 'target') =>
      held.get(path)?.(error, value),
  };
}
function setUp() {
  const clock = createFakeClock();
  const { calls, started, release } = hanging();
  const slow = createSlowReads(systemRoot, clock, calls);
  return { clock, started, release, ...slow, link: slow.reads.linkSlow };
}
const timeout = (where: string, cause?: string) => ({
  ok: false,
  problem: cause ? { kind: 'timeout', where, cause } : { kind: 'timeout', where },
});

describe('slow reads', () => {
  test('at most three are under way, the rest wait their turn', async () => {
    const { link, started, release } = setUp();
    const results = ['a', 'b', 'c', 'd', 'e'].map((path) => link(path));
    expect(started).toEqual(['a', 'b', 'c']);
    release('b');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    for (const path of ['a', 'c', 'd', 'e']) release(path);
    expect((await Promise.all(results)).map((result) => result.ok)).toEqual([true, true, true, true, true]);
  });

  test('a command line takes two journeys to the pool, any other file four', async () => {
    const called: string[] = [];
    const calls = new Proxy(fs as SlowCalls, {
      get(real, name, receiver) {
        called.push(String(name));
        return Reflect.get(real, name, receiver);
      },
    });
    const { readSlow } = createSlowReads(systemRoot, createFakeClock(), calls).reads;
    called.length = 0;
    const own = await readSlow(`/proc/${process.pid}/cmdline`);
    expect(own).toMatchObject({ ok: true, value: expect.stringContaining('node') });
    expect(called.splice(0)).toEqual(['open', 'read', 'closeSync']);
    expect(await readSlow(`/proc/${process.pid}/comm`)).toMatchObject({ ok: true });
    expect(called.splice(0)).toEqual(['open', 'read', 'read', 'close']);
    const path = `/proc/${2 ** 22 + 1}/cmdline`;
    expect(await readSlow(path)).toMatchObject({ ok: false, problem: { kind: 'gone', where: path } });
    expect(called).toEqual(['open']);
  });

  test('while we were late ourselves no time has passed for a read', async () => {
    const { clock, link, release, pending } = setUp();
    const [one, other] = [link('a', { deadlineMs: 100 }), link('b', { deadlineMs: 100 })];
    clock.stall(400);
    clock.advance(0);
    expect(pending()).toBe(2);
    release('a');
    expect(await one).toEqual({ ok: true, value: 'target' });
    // As long again at most.
    clock.advance(99);
    expect(pending()).toBe(1);
    clock.advance(1);
    expect(await other).toEqual(timeout('b'));
    expect([pending(), clock.pending]).toEqual([1, 0]);
  });

  test('a late one is abandoned at its deadline, and its slot stays taken until it is back', async () => {
    const { clock, link, started, release, pending } = setUp();
    const late = link('a', { deadlineMs: 100 });
    const good = [link('b'), link('c')];
    clock.advance(100);
    expect(await late).toEqual(timeout('a'));
    expect(pending()).toBe(3);
    void link('d');
    expect(started).toEqual(['a', 'b', 'c']);
    release('a');
    expect(pending()).toBe(3);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    release('b');
    release('c');
    expect(await Promise.all(good)).toHaveLength(2);
  });

  test('a mount that hangs never has the last slot: what lies elsewhere is read', async () => {
    const { clock, link, started, release } = setUp();
    const late = ['/nix/a', '/nix/b', '/nix/c', '/nix/d'].map((path) => link(path, { deadlineMs: 100 }));
    expect(started).toEqual(['/nix/a', '/nix/b']);
    const other = link('/proc/swaps', { deadlineMs: 100 });
    expect(started).toEqual(['/nix/a', '/nix/b', '/proc/swaps']);
    release('/proc/swaps');
    expect(await other).toEqual({ ok: true, value: 'target' });
    clock.advance(100);
    expect((await Promise.all(late)).map(({ ok }) => ok)).toEqual([false, false, false, false]);
    expect(await link('/nix/e', { deadlineMs: 100 })).toEqual(
      timeout('/nix/e', 'earlier reads of /nix have not come back'),
    );
    const later = link('/etc/passwd');
    release('/etc/passwd');
    expect(await later).toEqual({ ok: true, value: 'target' });
    // One is back: /nix may be asked again.
    release('/nix/a');
    const again = link('/nix/e');
    release('/nix/e');
    expect(await again).toEqual({ ok: true, value: 'target' });
  });

  test('so does a process, and a mount that is asked for its room', async () => {
    const { clock, link, reads, started } = setUp();
    void link('/proc/7/exe', { deadlineMs: 100 });
    void link('/proc/7/cwd', { deadlineMs: 100 });
    void link('/proc/8/exe', { deadlineMs: 100 });
    void reads.spaceSlow('/nix/store', { deadlineMs: 100 });
    void reads.spaceSlow('/nix/var', { deadlineMs: 100 });
    void reads.spaceSlow('/boot', { deadlineMs: 100 });
    expect(started).toEqual(['/proc/7/exe', '/proc/8/exe', '/nix/store', '/boot']);
    clock.advance(100);
    expect(await reads.spaceSlow('/nix/var')).toMatchObject({ ok: false });
  });

  test('what hangs is not asked again until it is back', async () => {
    const { clock, link, started, release } = setUp();
    void link('a');
    clock.advance(500);
    expect(await link('a')).toEqual(timeout('a', 'the last read has not come back'));
    expect(started).toEqual(['a']);
    release('a');
    void link('a');
    expect(started).toEqual(['a', 'a']);
  });

  test('processes that hang keep nobody from reading a file', async () => {
    const { clock, link, started } = setUp();
    const hung = ['/proc/9/cwd', '/proc/10/cwd', '/proc/11/cwd'].map((path) => link(path));
    expect(started).toEqual(['/proc/9/cwd', '/proc/10/cwd']);
    clock.advance(500);
    await Promise.all(hung);
    expect(await link('/proc/12/cwd')).toEqual(timeout('/proc/12/cwd', 'all reading threads hang'));
    void link('/proc/self/mountinfo');
    expect(started).toContain('/proc/self/mountinfo');
  });

  test('with all slots hung nothing waits', async () => {
    const { clock, link, pending, release, started } = setUp();
    const hung = ['a', 'b', 'c'].map((path) => link(path));
    clock.advance(500);
    await Promise.all(hung);
    expect(pending()).toBe(3);
    expect(await link('d')).toEqual(timeout('d', 'all reading threads hang'));
    release('a');
    void link('d');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  test('one that waits for a slot has its deadline too, and never starts after it', async () => {
    const { clock, link, started, release } = setUp();
    for (const path of ['a', 'b', 'c']) void link(path, { deadlineMs: 5000 });
    const waiting = link('d', { deadlineMs: 50 });
    clock.advance(50);
    expect(await waiting).toEqual(timeout('d'));
    release('a');
    expect(started).toEqual(['a', 'b', 'c']);
  });

  test('the queue is bounded', async () => {
    const { link } = setUp();
    const results = Array.from({ length: 300 }, (_, index) => link(`p${index}`));
    const last = await results.at(-1);
    expect(last).toEqual(timeout('p299', 'too many reads at once'));
  });

  test('hung mounts hold up no other read', async () => {
    const { clock, reads, started, release, link } = setUp();
    const hung = ['/a', '/b', '/c'].map((path) => reads.spaceSlow(path));
    expect(started).toEqual(['/a', '/b']);
    clock.advance(500);
    expect(await Promise.all(hung)).toEqual([timeout('/a'), timeout('/b'), timeout('/c')]);
    const good = link('d');
    release('d');
    expect(await good).toEqual({ ok: true, value: 'target' });
    expect(await reads.spaceSlow('/c')).toEqual(timeout('/c', 'all reading threads hang'));
  });

  test('an answer after the deadline changes nothing, and no timer is left of one in time', async () => {
    const { clock, link, release } = setUp();
    const late = link('a');
    clock.advance(500);
    release('a', Object.assign(new Error('x'), { code: 'ENOENT' }));
    expect(await late).toEqual(timeout('a'));
    const good = link('b');
    release('b');
    await good;
    expect(clock.pending).toBe(0);
  });

  test('the kernel answers with errors, as values', async () => {
    const { link, release } = setUp();
    const result = link('/proc/1/cwd');
    release('/proc/1/cwd', Object.assign(new Error('x'), { code: 'EACCES' }));
    expect(await result).toEqual({ ok: false, problem: { kind: 'denied', where: '/proc/1/cwd' } });
    await settled();
  });
});
