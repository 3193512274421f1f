/** The queue of reads that may block. */
import { describe, expect, test } from 'vitest';
import { createSlowQueue, type SlowQueue } from '../../src/samplers/slow-queue.ts';
import { settled } from '../support/fake-ports.ts';

/** Jobs that end when told to. */
function bench() {
  const queue = createSlowQueue();
  const started: string[] = [];
  const enders = new Map<string, () => void>();
  return {
    queue,
    started,
    add: (key: string, urgent = false) =>
      queue.add(key, urgent, () => {
        started.push(key);
        return new Promise<void>((resolve) => enders.set(key, resolve));
      }),
    async end(key: string): Promise<void> {
      enders.get(key)?.();
      enders.delete(key);
      await settled();
    },
  };
}

test('two at a time, in order', async () => {
  const { queue, started, add, end } = bench();
  for (const key of ['a', 'b', 'c', 'd']) add(key);
  expect(started).toEqual(['a', 'b']);
  expect(queue.waiting).toBe(4);
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
});

test('urgent ones first', async () => {
  const { started, add, end } = bench();
  for (const key of ['a', 'b', 'c']) add(key);
  add('u', true);
  await end('a');
  expect(started).toEqual(['a', 'b', 'u']);
});

test('a storm of urgent ones does not starve the others', async () => {
  const { started, add, end } = bench();
  add('x', true);
  add('y', true);
  add('plain');
  for (let i = 0; i < 30; i += 1) {
    add(`u${i}`, true);
    await end(started.at(-1) ?? '');
  }
  expect(started.indexOf('plain')).toBeGreaterThan(3);
  expect(started.indexOf('plain')).toBeLessThan(12);
});

test('a key that waits or runs is not taken twice, one that has ended is', async () => {
  const { started, add, end } = bench();
  for (const key of ['a', 'a', 'b', 'c', 'c']) add(key);
  add('c', true);
  await end('a');
  await end('c');
  add('a');
  expect(started).toEqual(['a', 'b', 'c', 'a']);
});

test('a job that never returns costs one slot', async () => {
  const { started, add, end } = bench();
  add('hangs');
  for (let i = 0; i < 20; i += 1) {
    add(`j${i}`);
    await end(`j${i}`);
  }
  expect(started).toHaveLength(21);
});

test('bounded, each kind for itself', () => {
  const { queue, add } = bench();
  for (let i = 0; i < 1000; i += 1) add(`plain${i}`);
  const plain = queue.waiting;
  for (let i = 0; i < 1000; i += 1) add(`urgent${i}`, true);
  expect(plain).toBeLessThan(200);
  expect(queue.waiting).toBeGreaterThan(plain);
  expect(queue.waiting).toBeLessThan(400);
});

describe('idle', () => {
  test('at once, and after the last job', async () => {
    const { queue, add, end } = bench();
    await queue.idle();
    add('a');
    add('b');
    let idle = 0;
    void queue.idle().then(() => (idle += 1));
    void queue.idle().then(() => (idle += 1));
    await end('a');
    expect(idle).toBe(0);
    await end('b');
    expect(idle).toBe(2);
  });

  test('a job may ask for another', async () => {
    const queue = createSlowQueue();
    const done: string[] = [];
    queue.add('a', false, async () => {
      queue.add('b', false, async () => void done.push('b'));
    });
    await queue.idle();
    expect(done).toEqual(['b']);
  });
});

describe('a job that throws', () => {
  const ways: readonly (readonly [string, () => Promise<void>])[] = [
    [
      'at once',
      () => {
        throw new Error('a bug');
      },
    ],
    [
      'later',
      async () => {
        await settled();
        throw new Error('a bug');
      },
    ],
  ];
  test.for(ways)('%s: its slot comes back, and the bug is told once', async ([, work]) => {
    const queue: SlowQueue = createSlowQueue();
    for (let i = 0; i < 5; i += 1) queue.add(`k${i}`, false, work);
    await queue.idle();
    expect(() => queue.rethrow()).toThrow('a bug');
    expect(() => queue.rethrow()).not.toThrow();
  });
});
