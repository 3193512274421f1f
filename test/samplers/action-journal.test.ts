/** What another nixpulse ended, by the journal of actions: what is new in it, once, and read only when it has changed. */
import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/model/intents/outcome.ts';
import { createActionJournal } from '../../src/samplers/action-journal.ts';
import { createFakeFiles } from '../support/fake-files.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';
import { journalEntry } from '../support/journal-entry.ts';

const path = '/state/journal.jsonl';

function watched(before: readonly JournalEntry[] = [], live = true) {
  const ports = createFakePorts();
  const files = createFakeFiles({}, live);
  let text = '';
  let reads = 0;
  const ownFiles: typeof ports.ownFiles = {
    ...ports.ownFiles,
    read: (asked, options) => {
      reads += 1;
      return ports.ownFiles.read(asked, options);
    },
  };
  const write = (...entries: readonly JournalEntry[]) => {
    text += entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    ports.ownFiles.texts.set(path, text);
    files.set(path, text);
    files.setOwner(path, { bytes: text.length });
  };
  if (before.length > 0) write(...before);
  const journal = createActionJournal({ ...ports, files, ownFiles }, '/state');
  return {
    write,
    reads: () => reads,
    now: () => new Date(ports.clock.now()).toISOString(),
    async look(seconds = 3) {
      for (let second = 0; second < seconds; second += 1) {
        ports.clock.advance(1000);
        journal.refresh(false);
        await settled();
        await settled();
      }
      return journal.take();
    },
  };
}

test('what is added while we watch, once', async () => {
  const { look, write, now, reads } = watched([journalEntry()]);
  expect(await look()).toEqual([]);
  const time = now();
  write(journalEntry({ time, via: 'command' }));
  expect(await look()).toMatchObject([
    { kind: 'own-kill', pid: 2001, build: 'firefox-130.0', from: 'nixpulse', timeMs: Date.parse(time) },
  ]);
  expect(await look(20)).toEqual([]);
  expect(reads()).toBe(1);
  write(journalEntry({ time: now(), status: 'refused' }));
  expect(await look()).toEqual([]);
  expect(reads()).toBe(2);
});

test('a journal that begins with that entry, and what is older than we are', async () => {
  const { look, write, now } = watched();
  await look();
  write(journalEntry({ time: '2026-11-01T00:00:00.000Z' }), journalEntry({ time: now() }));
  expect(await look()).toHaveLength(1);
});

test('nothing is there; a captured tree', async () => {
  expect(await watched().look(10)).toEqual([]);
  const captured = watched([], false);
  await captured.look();
  captured.write(journalEntry({ time: captured.now() }));
  expect(await captured.look()).toEqual([]);
  expect(captured.reads()).toBe(0);
});
