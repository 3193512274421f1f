import { expect, test } from 'vitest';
import type { Intent } from '../../../src/model/intents/intent.ts';
import type { JournalEntry, OutcomeStatus } from '../../../src/model/intents/outcome.ts';
import { createCalm } from '../../../src/modes/watch/calm.ts';
import { settled } from '../../support/fake-ports.ts';
import { buildOf } from '../../support/model-fixture.ts';

const [a, b] = [buildOf({ pid: 1 }), buildOf({ pid: 2 })];

function scene(status: OutcomeStatus | null) {
  const asked: number[][] = [];
  const said: string[] = [];
  let answer: OutcomeStatus | null = status;
  const calm = createCalm(
    async (intent: Intent) => {
      if (intent.type !== 'lower') throw new Error(intent.type);
      asked.push(intent.targets.map(({ root }) => root.pid));
      const summary = 'needs root';
      return answer === null ? null : ({ intent, status: answer, summary } as JournalEntry);
    },
    (line) => void said.push(line),
  );
  const look = async (...builds: Parameters<typeof calm.looked>[0]) => {
    calm.looked(builds);
    await settled();
  };
  return {
    ...{ asked, said, calm, look },
    become(next: OutcomeStatus | null) {
      answer = next;
    },
  };
}

test('each build once, as it appears', async () => {
  const { asked, look } = scene('done');
  await look(a);
  await look(a, b);
  await look(a, b);
  expect(asked).toEqual([[1], [2]]);
  // Another one under its number.
  await look({ ...a, startTime: 99 }, b);
  expect(asked).toEqual([[1], [2], [1]]);
});

test('one at a time; nothing after its end', async () => {
  const { asked, calm } = scene('done');
  calm.looked([a]);
  calm.looked([a, b]);
  expect(asked).toEqual([[1]]);
  await settled();
  calm.end();
  calm.looked([a, b]);
  expect(asked).toEqual([[1]]);
});

test('what fails is tried once more; what may not be is said once', async () => {
  const failed = scene('failed');
  for (let i = 0; i < 4; i += 1) await failed.look(a);
  expect(failed.asked).toEqual([[1], [1]]);
  expect(failed.said).toEqual([]);
  const denied = scene('denied');
  for (let i = 0; i < 4; i += 1) await denied.look(a, b);
  expect(denied.said).toEqual(['builds of the daemon stay as they are: needs root']);
});

test('what was not begun is no try', async () => {
  const { asked, look, become } = scene(null);
  for (let i = 0; i < 5; i += 1) await look(a);
  become('done');
  await look(a);
  await look(a);
  expect(asked).toHaveLength(6);
});
