import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingSource } from '../../src/bundle/recording.ts';
import { openRecorded } from '../../src/modes/replay/open-recorded.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { runGather } from '../support/gathered.ts';
import { recordedFromMs, recordedSamples } from '../support/recorded-machine.ts';
import { writeRecording } from '../support/write-recording.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse open '));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const files = createRecordingFiles();
const recordings = join(directory, 'recordings');
const path = join(directory, 'bundle.tar.gz');
const samples = recordedSamples(150);

async function bundleAt(nowMs: number, looked = Promise.resolve(recordedSamples(5))) {
  const source = recordingSource({
    ...{ from: recordings, looked, version: '1.2' },
    open: () => openRecording(files, recordings),
  });
  const ports = createFakePorts({ clock: createFakeClock({ now: nowMs }) });
  return runGather({ rows: [source], ports, timeless: true });
}

async function samplesAt(bundle: string) {
  const opened = await openRecorded(files, bundle);
  if (!opened.ok) return opened;
  const chunks = await Promise.all(opened.value.chunks.map((chunk) => chunk.load()));
  return { ok: true, samples: chunks.flat(), recording: opened.value } as const;
}

beforeAll(async () => {
  await writeRecording(recordings, samples, [
    { kind: 'note', timeMs: recordedFromMs + 5000, text: 'a note' },
  ]);
  writeFileSync(path, (await bundleAt(recordedFromMs + 151_000)).archive);
});

describe('a recording in a bundle', () => {
  it('is what was recorded, in its order and of one writer', async () => {
    const read = await samplesAt(path);
    if (!read.ok) throw new Error(read.problem.cause);
    expect(read.samples.map(({ timeMs }) => timeMs)).toEqual(samples.map(({ timeMs }) => timeMs));
    expect(read.samples.at(-1)).toEqual(samples.at(-1));
    expect(new Set(read.recording.chunks.map(({ writer }) => writer)).size).toBe(1);
    expect(read.recording.events).toEqual([{ kind: 'note', timeMs: recordedFromMs + 5000, text: 'a note' }]);
    expect(read.recording.damage).toEqual([]);
  });

  it('is of the last half hour alone, and of what was looked at where nobody records', async () => {
    const later = await bundleAt(recordedFromMs + 60 * 60_000);
    const other = join(directory, 'later.tar.gz');
    writeFileSync(other, later.archive);
    const read = await samplesAt(other);
    expect(read).toMatchObject({ ok: true });
    if (read.ok) expect(read.samples).toHaveLength(10);
  });

  it('is said to be missing where there is none', async () => {
    const none = await bundleAt(recordedFromMs + 60 * 60_000, Promise.resolve([]));
    expect(none.records[0]).toMatchObject({ result: 'nothing', problems: [{ kind: 'gone' }] });
    const empty = join(directory, 'none.tar.gz');
    writeFileSync(empty, none.archive);
    expect(await samplesAt(empty)).toMatchObject({
      ok: false,
      problem: { kind: 'gone', cause: 'no recording in this bundle' },
    });
  });
});

describe('an archive of anybody', () => {
  it('that was cut off gives what is before the cut', async () => {
    const whole = (await bundleAt(recordedFromMs + 151_000)).archive;
    const cut = join(directory, 'cut.tar.gz');
    writeFileSync(cut, whole.subarray(0, whole.length - 200));
    const read = await samplesAt(cut);
    expect(read).toMatchObject({ ok: true });
    if (read.ok) expect(read.samples.length).toBeGreaterThan(0);
  });

  it('of any number and size of entries around it is read to its end', async () => {
    const [name = '', bytes = new Uint8Array()] =
      [...(await bundleAt(recordedFromMs + 151_000)).files].at(-1) ?? [];
    const around = Array.from({ length: 120 }, (_, at) => {
      const body = new Uint8Array((at * 7919) % 40_000).map((_byte, byte) => (byte * at) % 251);
      return { header: { name: `x/${at}.txt`, type: 'file' as const, size: body.length }, body };
    });
    const recorded = {
      header: { name: `x/${name}`, type: 'file' as const, size: bytes.length },
      body: new Uint8Array(bytes),
    };
    const many = join(directory, 'many.tar.gz');
    for (const at of [0, 60, 120]) {
      writeFileSync(many, gzipSync(await packTar(around.toSpliced(at, 0, recorded))));
      expect(await samplesAt(many)).toMatchObject({ ok: true });
    }
  });

  it('that is none is a problem', async () => {
    const bad = join(directory, 'bad.tar.gz');
    writeFileSync(bad, gzipSync('no archive at all'.repeat(100)));
    expect(await samplesAt(bad)).toMatchObject({ ok: false });
    writeFileSync(bad, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    expect(await samplesAt(bad)).toMatchObject({ ok: false });
  });

  it('gives plain files in the folder of recordings alone', async () => {
    const body = new Uint8Array([1]);
    const tar = await packTar([
      { header: { name: 'x/recording/a.nixpulse', type: 'symlink', linkname: '/etc/shadow', size: 0 } },
      { header: { name: '../recording/../b.nixpulse', type: 'file', size: 1 }, body },
      { header: { name: 'other/c.nixpulse', type: 'file', size: 1 }, body },
    ]);
    const odd = join(directory, 'odd.tar.gz');
    writeFileSync(odd, gzipSync(tar));
    expect(await samplesAt(odd)).toMatchObject({ ok: false, problem: { kind: 'gone' } });
  });
});
