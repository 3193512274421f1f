/** What a bundle's own journal says of what was done comes into a report of it. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { expect, test } from 'vitest';
import { openRecorded } from '../../src/modes/replay/open-recorded.ts';
import { incidentIn } from '../../src/modes/report/fold-recording.ts';
import { parseJournal } from '../../src/parse/journal.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';
import { journalEntry } from '../support/journal-entry.ts';
import { demoFile } from '../support/recorded-screen.tsx';

async function bundleOf(entries: Readonly<Record<string, Uint8Array | string>>) {
  const packed = await packTar(
    Object.entries(entries).map(([name, body]) => ({
      header: { name: `nixpulse-x/${name}`, size: Buffer.byteLength(body), type: 'file' as const },
      body,
    })),
  );
  const files = createFakeRecordingFiles();
  files.contents.set('/b.tar.gz', gzipSync(packed));
  return files;
}

const segment = readFileSync(demoFile);
const entry = JSON.stringify(journalEntry({ time: '2026-11-29T13:16:50.000Z', user: 'ada' }));

test('it is read beside the recording, and its entries stand in the timeline', async () => {
  const files = await bundleOf({
    'nixpulse/actions.jsonl': `${entry}\n`,
    'recording/a.nixpulse': segment,
    'other/nixpulse/actions.jsonl': 'not ours\n',
  });
  let journal = '';
  const opened = await openRecorded(files, '/b.tar.gz', (text) => {
    journal = text;
  });
  if (!opened.ok) throw new Error(opened.problem.cause);
  expect(journal).toBe(`${entry}\n`);
  const { entries } = parseJournal(journal, 10);
  const incident = await incidentIn(opened.value, { asked: { fromMs: null, toMs: null }, entries });
  const users = incident?.timeline.flatMap(({ what }) => (what.kind === 'action' ? [what.entry.user] : []));
  expect(users).toEqual(['root', 'ada', 'root']);
});

test('a bundle without one is a recording as well', async () => {
  const files = await bundleOf({ 'recording/a.nixpulse': segment });
  let told = false;
  const opened = await openRecorded(files, '/b.tar.gz', () => {
    told = true;
  });
  expect(opened.ok).toBe(true);
  expect(told).toBe(false);
});
