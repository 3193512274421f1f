import { expect, test } from 'vitest';
import type { Problem } from '../../src/base/problem.ts';
import { ok, type Result } from '../../src/base/problem.ts';
import { createJournal, mostCharacters, mostWaiting } from '../../src/perform/journal.ts';
import { createFakeOwnFiles } from '../support/fake-own-files.ts';
import { journalEntry } from '../support/journal-entry.ts';

const path = '/state/journal.jsonl';

function start(texts: Readonly<Record<string, string>> = {}) {
  const ownFiles = createFakeOwnFiles(texts);
  const problems: (Problem | null)[] = [];
  const onProblem = (problem: Problem | null) => problems.push(problem);
  const journal = createJournal({ ownFiles, stateDirectory: '/state', onProblem });
  return { journal, ownFiles, problems, text: () => ownFiles.texts.get(path) ?? '' };
}

const titles = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).title);

test('no file is an empty journal; what is appended is there next time', async () => {
  const { journal, text } = start();
  expect(await journal.load()).toEqual(ok([]));
  journal.append(journalEntry({ title: 'a' }));
  journal.append(journalEntry({ title: 'b' }));
  await journal.flushed();
  expect(titles(text())).toEqual(['a', 'b']);
  expect(await start({ [path]: text() }).journal.load()).toMatchObject({
    value: [{ title: 'a' }, { title: 'b' }],
  });
});

test('append returns before anything is written, however slow the disk is', async () => {
  const { journal, ownFiles, text } = start();
  const gate = Promise.withResolvers<Result<void>>();
  const append = ownFiles.append.bind(ownFiles);
  let writes = 0;
  ownFiles.append = async (file, lines) => {
    writes += 1;
    if (writes === 1) await gate.promise;
    return append(file, lines);
  };
  for (let i = 0; i < mostWaiting + 50; i += 1) journal.append(journalEntry({ title: `${i}` }));
  expect([writes, text()]).toEqual([1, '']);
  gate.resolve(ok(undefined));
  await journal.flushed();
  // The first was on its way; of the others the newest are kept.
  expect(writes).toBe(2);
  expect(titles(text())).toHaveLength(mostWaiting + 1);
  expect(titles(text()).at(-1)).toBe(`${mostWaiting + 49}`);
});

test('a line torn by a crash does not take the next one with it', async () => {
  const torn = `${JSON.stringify(journalEntry({ title: 'a' }))}\n{"version":1,"ti`;
  const { journal, text } = start({ [path]: torn });
  await journal.load();
  journal.append(journalEntry({ title: 'b' }));
  await journal.flushed();
  const again = await start({ [path]: text() }).journal.load();
  expect(again).toMatchObject({ value: [{ title: 'a' }, { title: 'b' }] });
});

test('a disk that says no is told, and forgotten when it says yes', async () => {
  const { journal, ownFiles, problems } = start();
  ownFiles.failing.set(path, 'denied');
  expect(await journal.load()).toMatchObject({ ok: false, problem: { kind: 'denied' } });
  journal.append(journalEntry());
  await journal.flushed();
  ownFiles.failing.delete(path);
  journal.append(journalEntry());
  await journal.flushed();
  expect(problems.map((problem) => problem?.kind ?? null)).toEqual(['denied', null]);
});

test('a file that has grown long begins anew with its last entries', async () => {
  const long = 'x'.repeat(20_000);
  const lines = Array.from({ length: 300 }, (_, n) =>
    JSON.stringify(journalEntry({ title: `${n}`, details: n < 100 ? [long] : [] })),
  );
  const { journal, text } = start({ [path]: `${lines.join('\n')}\n{"torn` });
  expect(text().length).toBeGreaterThan(mostCharacters);
  expect(await journal.load()).toMatchObject({ ok: true, value: { length: 200 } });
  journal.append(journalEntry({ title: 'next' }));
  await journal.flushed();
  expect(titles(text())).toEqual([...Array.from({ length: 200 }, (_, n) => `${n + 100}`), 'next']);
});

test('what another version wrote survives that, as it was written', async () => {
  const long = JSON.stringify(journalEntry({ details: ['x'.repeat(mostCharacters)] }));
  const guarded = JSON.stringify({ ...journalEntry({ title: 'later' }), via: 'guard', finding: 'leak' });
  const strange = '{"version":3,"what":"nobody knows"}';
  const { journal, text } = start({ [path]: `${long}\n${strange}\n${guarded}\n${'{"torn'}` });
  expect(await journal.load()).toMatchObject({ value: [{}, { title: 'later', via: 'guard' }] });
  expect(text().split('\n')).toEqual([long, strange, guarded, '']);
});
