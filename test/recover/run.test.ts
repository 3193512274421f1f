import { beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/model/intents/outcome.ts';
import { openProgress, type Progress, progressPath } from '../../src/recover/progress.ts';
import {
  type Answer,
  planProcedure,
  type RunScreen,
  runProcedure,
  type StepResult,
} from '../../src/recover/run.ts';
import type { Plan, Procedure, RecoverContext, Step } from '../../src/recover/step.ts';
import { createFakeMachine, type FakeMachine, ownStat } from '../support/fake-machine.ts';
import { noWishes } from '../support/recover-context.ts';

/** What the machine is like: steps are done when they are in it. */
let world: Set<string>;
let machine: FakeMachine;
let asked: string[];
let cancel: AbortController;

beforeEach(() => {
  machine = createFakeMachine();
  world = new Set();
  asked = [];
  cancel = new AbortController();
});

function step(id: string, more: Partial<Step> = {}): Step {
  return {
    ...{ id, title: id, why: `why ${id}`, needs: [] },
    async plan(): Promise<Plan> {
      return world.has(id)
        ? { state: 'needless', why: `${id} is there` }
        : { state: 'todo', asks: 'yes', lines: [`makes ${id}`] };
    },
    async act(): Promise<Outcome> {
      world.add(id);
      return { status: 'done', summary: `made ${id}`, details: [] };
    },
    ...more,
  };
}

const procedureOf = (...steps: readonly Step[]): Procedure => ({
  ...{ id: 'space', title: 'Free space', when: 'it is full', steps },
  fits: async () => null,
});

interface Played {
  readonly results: readonly StepResult[];
  readonly progress: Progress;
}

async function play(procedure: Procedure, answers: readonly Answer[] = [], afresh = false): Promise<Played> {
  const opened = await openProgress({
    ...{ ports: machine.ports, stateDirectory: '/state', procedure: procedure.id, afresh },
    onProblem: () => {},
  });
  if ('busy' in opened) throw new Error(`pid ${opened.busy.pid} is at it`);
  const { progress } = opened;
  const context: RecoverContext = {
    ...{ ...machine.context, cancelled: cancel.signal, notes: progress.notes, environment: {} },
    wishes: noWishes,
    look: () => Promise.reject(new Error('nobody looks')),
  };
  const left = [...answers];
  const screen: RunScreen = {
    begun: () => {},
    async ask(asks, { id }) {
      asked.push(asks === 'yes' ? id : `${id} ${asks.word}`);
      return left.shift() ?? 'yes';
    },
    ended: () => {},
  };
  const results = await runProcedure({
    ...{ procedure, context, progress, screen },
    async perform(intent) {
      const own = procedure.steps.find((one) => intent.type === 'recover' && one.id === intent.step);
      return (
        own?.act?.(context) ?? { status: 'failed', summary: `${intent.type} is none of ours`, details: [] }
      );
    },
  });
  return { results, progress };
}

const states = ({ results }: Played) => results.map(({ id, state }) => `${id} ${state}`);
const file = () => machine.ports.ownFiles.texts.get(progressPath('/state', 'space'));

describe('a procedure', () => {
  test('does what is to be done, sees that it was done, and leaves nothing behind', async () => {
    world.add('b');
    const played = await play(procedureOf(step('a'), step('b'), step('c')));
    expect(states(played)).toEqual(['a done', 'b needless', 'c done']);
    expect(asked).toEqual(['a', 'c']);
    expect(played.results[0]?.details).toEqual(['a is there']);
    expect(file()).toBeUndefined();
  });

  test('ends where a step is not wanted, and goes on from there', async () => {
    const procedure = procedureOf(step('a'), step('b'), step('c'));
    expect(states(await play(procedure, ['yes', 'no']))).toEqual(['a done', 'b declined']);
    expect(JSON.parse(file() ?? '').steps).toMatchObject([
      { id: 'a', mark: 'done' },
      { id: 'b', mark: 'left' },
    ]);
    const again = await play(procedure);
    expect(states(again)).toEqual(['a needless', 'b done', 'c done']);
    expect(again.progress.resumedAtMs).not.toBeNull();
  });

  test('goes past what is optional, whatever became of it', async () => {
    const failing = step('a', {
      optional: true,
      act: async () => ({ status: 'failed', summary: 'no', details: [] }),
    });
    expect(
      states(await play(procedureOf(failing, step('b', { optional: true }), step('c')), ['yes', 'no'])),
    ).toEqual(['a failed', 'b declined', 'c done']);
  });

  test('says that a step failed which says that it was done, and is not', async () => {
    const lying = step('a', { act: async () => ({ status: 'done', summary: 'made a', details: [] }) });
    const { results } = await play(procedureOf(lying, step('b')));
    expect(results).toEqual([
      {
        ...{ id: 'a', title: 'a', state: 'failed', summary: 'made a, but it is not as it should be' },
        details: ['makes a'],
      },
    ]);
  });

  test('says so where a step cannot be looked at any more once it was done', async () => {
    const breaking = step('a', {
      plan: async () =>
        world.has('a')
          ? { state: 'impossible', why: 'nothing answers' }
          : { state: 'todo', asks: 'yes', lines: [] },
    });
    const { results } = await play(procedureOf(breaking, step('b')));
    expect(results).toMatchObject([{ id: 'a', state: 'failed', details: ['nothing answers'] }]);
  });

  test('does nothing where the question is interrupted, and asks again the next time', async () => {
    const procedure = procedureOf(step('a'), step('b'));
    expect(states(await play(procedure, ['interrupted']))).toEqual(['a interrupted']);
    expect(world.size).toBe(0);
    expect(JSON.parse(file() ?? '').steps).toEqual([]);
    expect(states(await play(procedure))).toEqual(['a done', 'b done']);
  });

  test('begins again a step that was under way when it was killed, and no step that cannot show it was done', async () => {
    let made = 0;
    const once = step('a', {
      once: true,
      plan: async () => ({ state: 'todo', asks: 'yes', lines: [] }),
      act: async () => {
        made += 1;
        return { status: 'done', summary: 'made', details: [] };
      },
    });
    const dying = step('b', { act: () => Promise.reject(new Error('killed')) });
    await expect(play(procedureOf(once, dying))).rejects.toThrow('killed');
    expect(JSON.parse(file() ?? '').steps).toMatchObject([
      { id: 'a', mark: 'done' },
      { id: 'b', mark: 'begun' },
    ]);
    expect(states(await play(procedureOf(once, step('b'))))).toEqual(['a needless', 'b done']);
    expect(made).toBe(1);
  });

  test('begins nothing where it was cancelled while that was written down', async () => {
    const { ownFiles } = machine.ports;
    const { replace } = ownFiles;
    ownFiles.replace = async (path, text, ...rest) => {
      if (text.includes('"begun"')) cancel.abort();
      return replace.call(ownFiles, path, text, ...rest);
    };
    expect(states(await play(procedureOf(step('a'), step('b'))))).toEqual(['a interrupted']);
    expect([...world]).toEqual([]);
  });

  test('keeps what steps noted, over a crash', async () => {
    const noting = step('a', {
      async act({ notes }) {
        await notes.set('copy', '/var/copy.sqlite');
        throw new Error('killed');
      },
    });
    await expect(play(procedureOf(noting))).rejects.toThrow('killed');
    const { progress } = await play(procedureOf(step('a')));
    expect(progress.notes.get('copy')).toBe('/var/copy.sqlite');
  });

  test('begins anew where what was done was done days ago', async () => {
    const once = step('a', { once: true, plan: async () => ({ state: 'todo', asks: 'yes', lines: [] }) });
    await play(procedureOf(once, step('b')), ['yes', 'no']);
    const path = progressPath('/state', 'space');
    const left = JSON.parse(file() ?? '');
    const aged = (ms: number) => ({
      ...left,
      startedAtMs: left.startedAtMs - ms,
      steps: left.steps.map((mark: { atMs: number }) => ({ ...mark, atMs: mark.atMs - ms })),
    });
    machine.ports.ownFiles.texts.set(path, JSON.stringify(aged(23 * 3_600_000)));
    expect(states(await play(procedureOf(once, step('b')), ['no']))).toEqual(['a needless', 'b declined']);
    machine.ports.ownFiles.texts.set(path, JSON.stringify(aged(25 * 3_600_000)));
    expect(states(await play(procedureOf(once, step('b'))))).toEqual(['a done', 'b done']);
  });

  test('begins anew where that is wanted', async () => {
    const once = step('a', { once: true, plan: async () => ({ state: 'todo', asks: 'yes', lines: [] }) });
    await play(procedureOf(once, step('b')), ['yes', 'no']);
    expect(states(await play(procedureOf(once, step('b')), [], true))).toEqual(['a done', 'b done']);
  });

  test('is carried out by one, too, where two begin at once', async () => {
    const { ownFiles, files } = machine.ports;
    const other = { pid: 300, startTime: machine.process(300).startTime };
    files.set('/proc/300/stat', ownStat({ startTime: other.startTime }));
    const path = progressPath('/state', 'space');
    const { read } = ownFiles;
    ownFiles.read = async (...words) => {
      const found = await read.call(ownFiles, ...words);
      const theirs = { version: 1, startedAtMs: 0, by: other, steps: [], notes: {} };
      if (!ownFiles.texts.has(path)) ownFiles.texts.set(path, JSON.stringify(theirs));
      return found;
    };
    await expect(play(procedureOf(step('a')))).rejects.toThrow('pid 300 is at it');
    expect([...world]).toEqual([]);
  });

  test('is carried out by one at a time', async () => {
    await play(procedureOf(step('a')), ['no']);
    const left = JSON.parse(file() ?? '');
    const other = { pid: 300, startTime: machine.process(300).startTime };
    machine.ports.files.set('/proc/300/stat', ownStat({ startTime: other.startTime }));
    machine.ports.ownFiles.texts.set(progressPath('/state', 'space'), JSON.stringify({ ...left, by: other }));
    await expect(play(procedureOf(step('a')))).rejects.toThrow('pid 300 is at it');
    machine.ports.files.set('/proc/300/stat', ownStat({ startTime: other.startTime + 1 }));
    expect(states(await play(procedureOf(step('a'))))).toEqual(['a done']);
  });

  test('tells what a look has found, and what is to be copied', async () => {
    const looking = step('a', {
      plan: async () => ({ state: 'needless', why: 'seen', lines: ['one'], code: ['{ }'] }),
    });
    const blind = step('b', {
      plan: async () => ({ state: 'impossible', why: 'dark', lines: ['two'], way: 'light' }),
    });
    const { results } = await play(procedureOf(looking, blind));
    expect(results).toMatchObject([
      { state: 'needless', summary: 'seen', details: ['one'], code: ['{ }'] },
      { state: 'impossible', summary: 'dark', details: ['two', 'light'] },
    ]);
  });

  test('does nothing more once it is interrupted', async () => {
    const stopping = step('a', {
      async act() {
        cancel.abort();
        world.add('a');
        return { status: 'done', summary: 'made a', details: [] };
      },
    });
    expect(states(await play(procedureOf(stopping, step('b'))))).toEqual(['a done', 'b interrupted']);
    expect(asked).toEqual(['a']);
    expect(world.has('b')).toBe(false);
  });

  test('is planned up to the step that would end it', async () => {
    const never = (id: string, optional?: true) =>
      step(id, {
        plan: async () => ({ state: 'impossible', why: 'no disk' }),
        ...(optional && { optional }),
      });
    const context = { ...machine.context } as unknown as RecoverContext;
    const planned = await planProcedure({
      procedure: procedureOf(step('a'), never('b', true), never('c'), step('d')),
      context,
    });
    expect(planned.map(({ step: { id }, plan }) => `${id} ${plan.state}`)).toEqual([
      'a todo',
      'b impossible',
      'c impossible',
    ]);
  });

  test('a progress file of somebody else, of a newer version or cut off counts as none', async () => {
    for (const text of ['', '{', '[]', '{"version":2}', '{"version":1,"steps":3}']) {
      machine.ports.ownFiles.texts.set(progressPath('/state', 'space'), text);
      world = new Set();
      expect(states(await play(procedureOf(step('a'))))).toEqual(['a done']);
    }
  });
});
