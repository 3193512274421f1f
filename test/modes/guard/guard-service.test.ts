/** A guard as a service, with fakes: what is told of an act, to whom, and in which order. */
import { expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { defaultGuardSettings, type GuardSettings } from '../../../src/guard/settings.ts';
import { emptyModel } from '../../../src/model/empty-model.ts';
import type { GuardStatus } from '../../../src/model/guard/guard.ts';
import type { JournalEntry } from '../../../src/model/intents/outcome.ts';
import type { Model } from '../../../src/model/model.ts';
import { createGuardService } from '../../../src/modes/guard/guard-service.ts';
import { buildOf, gib } from '../../guard/guarded.ts';
import { allActions } from '../../support/all-actions.ts';
import { createFakeMachine } from '../../support/fake-machine.ts';

const settle = () => new Promise(setImmediate);

/** A build that fills memory within seconds. */
const build = buildOf(300, { name: 'leak-1', residentBytes: 12 * gib, residentGrowthBytesPerMin: 8 * gib });

interface Start {
  readonly settings?: Partial<GuardSettings>;
  readonly left?: boolean | 'bug';
  /** To undo what we did takes longer than anybody waits. */
  readonly hangs?: boolean;
}

function start({ settings, left = false, hangs = false }: Start = {}) {
  const { ports, context } = createFakeMachine();
  const { readForest, stateDirectory } = context;
  const { clock } = ports;
  const happened: string[] = [];
  const entries: JournalEntry[] = [];
  const statuses: (GuardStatus | null)[] = [];
  const texts: string[] = [];
  const started: { file: string; environment: Readonly<Record<string, string>> }[] = [];
  const spawn = {
    ...ports.spawn,
    stream(file: string, _args: readonly string[], { environment = {} }) {
      happened.push(`start ${file}`);
      started.push({ file, environment });
      return { done: Promise.resolve(ok({ exitCode: 0, signal: null })), cancel: () => {} };
    },
  };
  const service = createGuardService({
    settings: { ...defaultGuardSettings, dryRun: false, hook: ['/bin/hook', 'x'], ...settings },
    deps: {
      ...{ ports: { ...ports, spawn }, readForest, stateDirectory, user: 'root' },
      actions: allActions(async ({ type }) => {
        happened.push(type);
        return { status: 'done', summary: `${type} was done`, details: [] };
      }),
    },
    ...{ process: { pid: 4, startTime: 40 }, directory: '/run/g', environment: {} },
    lines: {
      write({ MESSAGE }) {
        happened.push('journal');
        texts.push(MESSAGE);
      },
      flush: () => {},
    },
    manager: {
      ready: (text) => void happened.push(`ready ${text}`),
      status: () => {},
      alive: () => void happened.push('alive'),
      reloading: () => void happened.push('reloading'),
      stopping: () => void happened.push('stopping'),
    },
    onEntry: (entry) => entries.push(entry),
    onStatus: (status) => statuses.push(status),
    async undoLeftBehind() {
      if (left === 'bug') throw new Error('none of the kernel');
      return left ? [{ type: 'resume', targets: [] }] : [];
    },
    restoringEnded: async () => (left ? { type: 'restore', targets: [] } : null),
    async undoOwn(perform) {
      if (hangs) await new Promise(() => {});
      await perform({ type: 'restore', targets: [] });
    },
  });
  const look = async (availableBytes: number) => {
    const memory = { ...emptyModel.memory, totalBytes: 16 * gib, availableBytes, swapTotalBytes: 0 };
    const full = { avg10: 60, avg60: 60, avg300: 60, tickPercent: 60 };
    const level = availableBytes < 2 * gib ? 'critical' : 'ok';
    const pressure = {
      ...emptyModel.pressure,
      memory: { ...emptyModel.pressure.memory, full, level },
    };
    service.looked({
      ...emptyModel,
      ...{ timeMs: clock.now(), monotonicMs: clock.monotonic(), builds: [build], memory, pressure },
    } as unknown as Model);
    await settle();
    clock.advance(1000);
  };
  return { service, look, happened, entries, statuses, texts, started, ports };
}

test('an act is carried out first, then told: journal, status, hook; each look says that we live', async () => {
  const { service, look, happened, entries, statuses, texts, started, ports } = start();
  service.ready();
  for (let second = 0; second < 8 && entries.length === 0; second += 1)
    await look(1.2 * gib - second * gib * 0.15);
  const [entry] = entries;
  expect(entry).toMatchObject({ via: 'guard', user: 'root', status: 'done' });
  const others = happened.filter((word) => word !== 'alive');
  const at = others.indexOf(entry?.intent.type ?? '');
  expect(others.slice(at, at + 3)).toEqual([entry?.intent.type, 'journal', 'start /bin/hook']);
  expect(texts.at(-1)).toMatch(/leak-1: memory/);
  expect(started[0]?.environment).toMatchObject({ NIXPULSE_RULE: 'memory', NIXPULSE_TARGET: 'leak-1' });
  expect(happened.filter((word) => word === 'alive').length).toBeGreaterThan(1);
  const text = ports.ownFiles.texts.get('/run/g/status.json') ?? '';
  expect((JSON.parse(text) as GuardStatus).acts).toHaveLength(1);
  expect(statuses.at(-1)?.acts).toHaveLength(1);
  expect([...ports.ownFiles.texts.values()].join('')).toContain('"via":"guard"');
});

test('nothing says that we live before it is warm, or between looks', async () => {
  const { service, look, happened } = start();
  await look(8 * gib);
  expect(happened).not.toContain('alive');
  service.ready();
  await settle();
  expect(happened).not.toContain('alive');
  await look(8 * gib);
  expect(happened.filter((word) => word === 'alive')).toHaveLength(1);
});

test('what one that is gone has left is undone at the beginning, and told', async () => {
  const { happened, texts } = start({ left: true });
  await settle();
  expect(happened).toEqual(['resume', 'journal']);
  expect(texts).toEqual(['left by a nixpulse that is gone: resume was done']);
});

test('a unit that was limited for a build that has ended is put back', async () => {
  const { look, happened, service } = start({
    left: true,
    settings: {
      rules: {
        ...defaultGuardSettings.rules,
        memory: { ...defaultGuardSettings.rules.memory, actions: ['limit'] },
      },
    },
  });
  service.ready();
  for (let second = 0; second < 40; second += 1) await look(8 * gib);
  expect(happened).not.toContain('restore');
  for (let second = 0; second < 8; second += 1) await look(1.2 * gib - second * gib * 0.15);
  expect(happened).toContain('limit');
  expect(happened).not.toContain('restore');
  for (let second = 0; second < 40 && !happened.includes('restore'); second += 1) await look(8 * gib);
  expect(happened).toContain('restore');
});

test('in a dry run what one that is gone has left is only told', async () => {
  const { happened, texts } = start({ left: true, settings: { dryRun: true } });
  await settle();
  expect(happened).toEqual(['journal']);
  expect(texts).toEqual([
    expect.stringMatching(/^left by a guard that is gone: nixpulse guard release would resume/),
  ]);
});

test('at the end nothing is judged any more, what we did is undone, and nobody guards', async () => {
  const { service, look, happened, statuses, ports } = start();
  service.ready();
  await look(8 * gib);
  const ended = service.end();
  await look(0.1 * gib);
  await look(0.05 * gib);
  expect(await ended).toBe(true);
  expect(happened.filter((word) => ['lower', 'pause', 'kill'].includes(word))).toEqual([]);
  expect(happened.indexOf('stopping')).toBeLessThan(happened.indexOf('restore'));
  expect(ports.ownFiles.texts.has('/run/g/status.json')).toBe(false);
  expect(statuses).toContain(null);
});

test('a bug beside the guarding is told, and does not end it', async () => {
  const { look, texts, service, happened } = start({ left: 'bug' });
  await settle();
  expect(texts).toEqual(['a bug in nixpulse: Error: none of the kernel']);
  service.ready();
  await look(8 * gib);
  expect(happened).toContain('alive');
});

test('what could not be undone in time is said, and left to who undoes it when we are gone', async () => {
  const { service, texts, ports } = start({ hangs: true });
  const ended = service.end();
  await settle();
  ports.clock.advance(6000);
  expect(await ended).toBe(false);
  expect(texts.at(-1)).toMatch(/^not all of it could be undone in time/);
});

test('settings that were read again count from then on; wrong ones change nothing', () => {
  const { service, happened } = start();
  service.ready();
  service.reloading();
  service.reloaded({ ...defaultGuardSettings, dryRun: true });
  service.reloading();
  service.reloaded(null);
  expect(happened).toEqual([
    'ready armed',
    ...['reloading', 'ready only tells'],
    ...['reloading', 'ready only tells'],
  ]);
});
