import { expect, test } from 'vitest';
import { onOomKill } from '../../src/modes/on-oom-kill.ts';
import { busy } from '../support/model-fixture.ts';

test('each further kill is told, those before the first look are not, unknown is none', () => {
  let told = 0;
  const looked = onOomKill(() => {
    told += 1;
  });
  const counts = [3, 3, 4, null, 4, 6, 6].map((oomKills) => {
    looked({ memory: { ...busy.memory, oomKills } });
    return told;
  });
  expect(counts).toEqual([0, 0, 1, 1, 1, 2, 2]);
});
