/** Recordings of every format that there was are read as they were on the day they were made. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { formatVersion } from '../../src/record/format.ts';
import { openRecording } from '../../src/record/open-recording.ts';

const directory = fileURLToPath(new URL('../fixtures/recordings/', import.meta.url));
const names = readdirSync(directory).filter((name) => name.endsWith('.nixpulse'));

test('there is one of each format', () => {
  expect(names.toSorted()).toEqual(Array.from({ length: formatVersion }, (_, i) => `v${i + 1}.nixpulse`));
});

test.each(names)('%s', async (name) => {
  const file = `${directory}${name}`;
  const stored = JSON.parse(readFileSync(file.replace('.nixpulse', '.json'), 'utf8'));
  const opened = await openRecording(createRecordingFiles(), file);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const { chunks, events, damage } = opened.value;
  const read = await Promise.all(
    chunks.map(async ({ writer, point, load }) => ({ writer, point, samples: await load() })),
  );
  expect({ chunks: read, events }).toStrictEqual(stored);
  expect(damage).toEqual([]);
  // Without its end it is looked through, to the same.
  const bytes = readFileSync(file);
  const cut = createRecordingFiles();
  const { open } = cut;
  cut.open = async (path) => {
    const whole = await open(path);
    if (!whole.ok) return whole;
    return { ok: true, value: { ...whole.value, size: async () => ({ ok: true, value: bytes.length - 1 }) } };
  };
  const again = await openRecording(cut, file);
  expect(again.ok && again.value.chunks.map(({ point }) => point)).toStrictEqual(
    stored.chunks.map(({ point }: { point: unknown }) => point),
  );
});
