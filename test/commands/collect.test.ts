import { expect, test } from 'vitest';
import { dispatch } from '../../src/commands/dispatch.ts';
import { questionText } from '../../src/format/question.ts';
import { rootActor } from '../../src/model/intents/actor.ts';
import { busy } from '../support/model-fixture.ts';
import { situationOf } from '../support/situation.ts';

const directory = '/var/lib/nixpulse/bundles';
const key = { name: 'B' };
const base = situationOf({ view: 'diagnosis' });
const situation = (running: (typeof base.act.running)[number][] = [], bundles: string | null = directory) =>
  situationOf({
    view: 'diagnosis',
    act: { ...base.act, running, actor: { ...rootActor, ...(bundles !== null && { bundles }) } },
  });

test('B asks first, and the question says where it is written', () => {
  const intent = { type: 'collect', directory } as const;
  expect(dispatch(key, situation())).toEqual({ type: 'ask', intent, word: null, openedBy: 'B' });
  expect(questionText({ intent, model: busy })).toBe(
    `collect a bundle · into ${directory}, or memory while that disk hangs · a minute at most, secrets taken out · starts programs, changes nothing`,
  );
});

test('one at a time, and none of a recording or where none can be', () => {
  expect(dispatch(key, situation(['collect']))).toMatchObject({
    text: 'Bundle: a bundle is being gathered (x ends it)',
  });
  expect(dispatch(key, situation(['verify']))).toMatchObject({ type: 'ask' });
  expect(dispatch(key, situation([], null))).toMatchObject({ text: 'Bundle: none can be gathered here' });
});
