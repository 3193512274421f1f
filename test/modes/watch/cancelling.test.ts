import { expect, test } from 'vitest';
import type { Intent } from '../../../src/model/intents/intent.ts';
import type { JournalEntry } from '../../../src/model/intents/outcome.ts';
import { createCancelling } from '../../../src/modes/watch/cancelling.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { settled } from '../../support/fake-ports.ts';

type CancelIntent = Extract<Intent, { readonly type: 'cancel' }>;
const client = { process: { pid: 800, startTime: 1 }, command: 'nix build .#big' };
const intent: CancelIntent = { type: 'cancel', clients: [client], orphans: [], everything: false };
const nobody: CancelIntent = { ...intent, clients: [] };

function scene(living: () => boolean = () => false, activates: () => boolean = () => false) {
  const clock = createFakeClock();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const did: string[] = [];
  const entries: JournalEntry[] = [];
  const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'];
  const cancelling = createCancelling({
    ...{ clock, user: 'root', ended, activates },
    interrupt: () => void did.push(signals.shift() ?? 'SIGKILL'),
    async harder() {
      did.push('each client');
    },
    living: (clients) => (living() ? clients : []),
    done: (entry) => void entries.push(entry),
  });
  const pass = async (ms: number) => {
    await settled();
    clock.advance(ms);
    await settled();
  };
  return { cancelling, end, did, entries, pass };
}

test('a Ctrl-C, and patience', async () => {
  const { cancelling, end, did, entries, pass } = scene();
  const done = cancelling.cancel(intent, 'memory-delta');
  await pass(4000);
  expect(did).toEqual(['SIGINT']);
  end();
  expect(await done).toMatchObject({ status: 'done', via: 'guard', rule: 'memory-delta', durationMs: 4000 });
  expect(await done).toMatchObject({
    title: 'cancel nix build .#big',
    summary: 'cancel nix build .#big: it has ended',
  });
  expect(entries).toHaveLength(1);
  await cancelling.over();
});

test('who does not end: its clients, then harder signals, and then it is said', async () => {
  const { cancelling, did, pass } = scene();
  const done = cancelling.cancel(intent);
  await pass(10_000);
  expect(did).toEqual(['SIGINT', 'each client']);
  await pass(10_000);
  expect(did).toEqual(['SIGINT', 'each client', 'SIGTERM']);
  await pass(10_000);
  expect(did.at(-1)).toBe('SIGKILL');
  await pass(10_000);
  expect(await done).toMatchObject({ status: 'failed', summary: 'cancel nix build .#big: it goes on' });
});

test('who puts a configuration in force by then gets no harder signal', async () => {
  let activates = false;
  const { cancelling, did, pass } = scene(undefined, () => activates);
  const done = cancelling.cancel(nobody);
  await settled();
  activates = true;
  await pass(10_000);
  expect(did).toEqual(['SIGINT']);
  expect(await done).toMatchObject({
    status: 'refused',
    summary: 'cancel the command: it activates a configuration, and goes on',
  });
});

test('asked twice it is cancelled once; one that goes on is cancelled anew', async () => {
  const { cancelling, did, entries, pass } = scene();
  const [first, second] = [cancelling.cancel(nobody), cancelling.cancel(nobody)];
  for (let i = 0; i < 3; i += 1) await pass(10_000);
  expect(await first).toBe(await second);
  expect(did).toEqual(['SIGINT', 'SIGTERM', 'SIGKILL']);
  expect(entries).toHaveLength(1);
  void cancelling.cancel(nobody);
  await settled();
  expect(did).toHaveLength(4);
});

test('what has ended by itself meanwhile is not signalled, and was not cancelled', async () => {
  const { cancelling, end, did } = scene();
  end();
  await settled();
  expect(await cancelling.cancel(nobody)).toMatchObject({
    status: 'refused',
    summary: 'cancel the command: it had ended by itself',
  });
  expect(did).toEqual([]);
});

test('a shell that ends at once: its clients are waited for, and then cancelled', async () => {
  let alive = true;
  const quick = scene(() => alive);
  const first = quick.cancelling.cancel(intent);
  await quick.pass(100);
  quick.end();
  await quick.pass(2000);
  alive = false;
  await quick.pass(200);
  expect(await first).toMatchObject({ status: 'done' });
  expect(quick.did).toEqual(['SIGINT']);

  const stubborn = scene(() => true);
  const second = stubborn.cancelling.cancel(intent);
  await stubborn.pass(100);
  stubborn.end();
  for (let i = 0; i < 120; i += 1) await stubborn.pass(100);
  expect(await second).toMatchObject({ status: 'done' });
  expect(stubborn.did).toEqual(['SIGINT', 'each client']);
});
