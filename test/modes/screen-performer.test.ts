import { expect, test } from 'vitest';
import type { ActionContext } from '../../src/actions/action.ts';
import { type Intent, targetOf } from '../../src/model/intents/intent.ts';
import type { Outcome } from '../../src/model/intents/outcome.ts';
import { createScreenPerformer } from '../../src/modes/screen-performer.ts';
import type { ActionDeps } from '../../src/perform/action-deps.ts';
import { createJournal } from '../../src/perform/journal.ts';
import { createDashboardStore } from '../../src/state/create.ts';
import { allActions } from '../support/all-actions.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';
import { busy, firefox } from '../support/model-fixture.ts';

const kill: Intent = { type: 'kill', targets: [targetOf(firefox)], reason: null };
const done: Outcome = { status: 'done', summary: 'killed firefox-130.0', details: [] };

function start(over: { readonly live?: boolean } = {}) {
  const base = createFakePorts();
  const ports = { ...base, files: { ...base.files, live: over.live ?? true } };
  const calls: {
    intent: Intent;
    context: ActionContext;
    end: (outcome: Outcome) => void;
    fail: (e: Error) => void;
  }[] = [];
  const deps: ActionDeps = {
    ports,
    readForest: () => null,
    stateDirectory: '/state',
    user: 'root for ada',
    actions: allActions(
      (intent, context) =>
        new Promise((end, fail) => {
          calls.push({ intent, context, end, fail });
        }),
    ),
  };
  const store = createDashboardStore({
    model: busy,
    terminal: { columns: 120, rows: 40, unicode: true, color: true },
  });
  const journal = createJournal({ ownFiles: ports.ownFiles, stateDirectory: '/state', onProblem: () => {} });
  const ended: string[] = [];
  const performer = createScreenPerformer({
    deps,
    journal,
    update: (change) => store.setState(change, true),
    journalView: true,
    onEnded: ({ intent }) => void ended.push(intent.type),
  });
  const tick = () => store.setState(performer.withReports, true);
  const running = () => store.getState().actions.map(({ title }) => title);
  const notice = () => store.getState().ui.notice;
  return { ports: base, performer, store, calls, ended, tick, running, notice };
}

test('an action runs, ends with a notice and an entry, and is no longer there', async () => {
  const { performer, calls, running, notice, store, ended, ports } = start();
  void performer.perform(kill);
  expect(running()).toEqual(['kill firefox-130.0']);
  ports.clock.advance(36);
  calls[0]?.end(done);
  await settled();
  expect(running()).toEqual([]);
  expect(notice()).toEqual({ text: 'killed firefox-130.0', level: 'info' });
  expect(store.getState().journal.entries).toMatchObject([
    {
      user: 'root for ada',
      via: 'dashboard',
      title: 'kill firefox-130.0',
      status: 'done',
      durationMs: 36,
      intent: kill,
    },
  ]);
  expect(ports.ownFiles.texts.get('/state/journal.jsonl')).toContain('"pid":2001');
  expect(ended).toEqual(['kill']);
});

test('what is to be known besides stands in the notice, the rest in the journal', async () => {
  const { performer, calls, notice } = start();
  void performer.perform(kill);
  calls[0]?.end({ status: 'denied', summary: 'not permitted', details: ['run it as root', 'b', 'c'] });
  await settled();
  expect(notice()).toEqual({ text: 'not permitted · run it as root (+2: 7)', level: 'warning' });
});

test('progress waits for the tick, newest wins, lines add up', async () => {
  const { performer, calls, tick, store } = start();
  void performer.perform({ type: 'verify' });
  let changes = 0;
  store.subscribe(() => {
    changes += 1;
  });
  const report = calls[0]?.context.report;
  for (let i = 0; i < 1000; i += 1) report?.({ done: i, lines: [`line ${i}`] });
  expect(changes).toBe(0);
  tick();
  expect(changes).toBe(1);
  expect(store.getState().actions[0]?.progress.done).toBe(999);
  expect(store.getState().actions[0]?.lines).toHaveLength(500);
});

test('several run at once, but not two of a kind that would be in each other’s way', async () => {
  const { performer, calls, running, notice } = start();
  void performer.perform(kill);
  void performer.perform({ type: 'verify' });
  expect(await performer.perform({ type: 'verify' })).toBeNull();
  expect(notice()?.text).toContain('a verification runs');
  expect([running().length, calls.length]).toEqual([2, 2]);
  calls[1]?.end(done);
  await settled();
  void performer.perform({ type: 'repair', paths: ['/nix/store/x'] });
  expect(running()).toEqual(['kill firefox-130.0', 'repair 1 store path']);
});

test('x cancels the newest, then the one before', async () => {
  const { performer, calls, store } = start();
  void performer.perform({ type: 'verify' });
  void performer.perform(kill);
  const aborted = () => calls.map(({ context }) => context.cancelled.aborted);
  performer.cancelNewest();
  expect(aborted()).toEqual([false, true]);
  expect(store.getState().actions.map(({ cancelling }) => cancelling)).toEqual([false, true]);
  performer.cancelNewest();
  expect(aborted()).toEqual([true, true]);
  performer.cancelNewest();
});

test('the end cancels everything and waits for it', async () => {
  const { performer, calls } = start();
  void performer.perform({ type: 'verify' });
  let over = false;
  void performer.end().then(() => {
    over = true;
  });
  await settled();
  expect([over, calls[0]?.context.cancelled.aborted]).toEqual([false, true]);
  calls[0]?.end({ ...done, status: 'cancelled' });
  await settled();
  expect(over).toBe(true);
});

test('a bug in an action is told and does not end the dashboard', async () => {
  const { performer, calls, notice, store } = start();
  void performer.perform(kill);
  calls[0]?.fail(new TypeError('x is not a function'));
  await settled();
  expect(notice()).toMatchObject({ level: 'warning' });
  expect(notice()?.text).toContain('a bug in nixpulse: x is not a function');
  expect(store.getState().journal.entries[0]).toMatchObject({ status: 'failed' });
});

test('in a captured tree nothing is done', async () => {
  const { performer, calls, notice } = start({ live: false });
  await performer.perform(kill);
  expect(calls).toEqual([]);
  expect(notice()?.text).toBe('this is a captured tree (--root): nothing was changed');
});
