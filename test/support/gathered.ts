/** Gathers a bundle from fakes and takes it apart again, with the real archive between. */
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { ok, type Result } from '../../src/base/problem.ts';
import { createArchive } from '../../src/bundle/archive.ts';
import { gather, type SourceRecord } from '../../src/bundle/gather.ts';
import type { Apart, ProgramOutput } from '../../src/bundle/programs.ts';
import type { GatherFacts, SourceRow } from '../../src/bundle/source.ts';
import type { BundleFiles, Ports } from '../../src/platform/ports.ts';
import { createRedactor, type Redactor } from '../../src/redact/redactor.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeRecordingFiles, type FakeRecordingFiles } from './fake-recording-files.ts';

export type FakeBundleFiles = FakeRecordingFiles & BundleFiles;

export function createFakeBundleFiles(): FakeBundleFiles {
  const files = createFakeRecordingFiles();
  return Object.assign(files, {
    async rename(from: string, to: string): Promise<Result<void>> {
      files.contents.set(to, files.contents.get(from) ?? new Uint8Array());
      files.contents.delete(from);
      return ok(undefined);
    },
  });
}

export const output = (stdout: string, more: Partial<ProgramOutput> = {}): Result<ProgramOutput> =>
  ok({ stdout, stderr: '', exitCode: 0, signal: null, cut: false, late: null, ...more });

export interface GatherRun {
  readonly rows: readonly SourceRow[];
  readonly ports: Ports & { readonly clock: FakeClock };
  readonly programs?: Apart['run'];
  readonly facts?: Partial<GatherFacts>;
  readonly redactor?: Redactor;
  readonly totalMs?: number;
  readonly stop?: AbortSignal;
  /** Time stands still: for what works on threads of its own, and waits for nothing. */
  readonly timeless?: true;
}

export interface GatherRan {
  readonly records: readonly SourceRecord[];
  readonly record: (id: string) => SourceRecord;
  /** By name, without the folder that all are in. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly text: (name: string) => string;
  readonly archive: Uint8Array;
  /** Monotonic ms that it took. */
  readonly tookMs: number;
}

export async function runGather(run: GatherRun): Promise<GatherRan> {
  const { rows, ports, programs = async () => output(''), facts = {}, totalMs = 45_000 } = run;
  const { clock } = ports;
  const files = createFakeBundleFiles();
  const made = await createArchive({
    ...{ files, clock, root: 'bundle', timeMs: clock.now() },
    places: [{ path: '/out/x.tar.gz', mostBytes: 64 << 20 }],
  });
  if (!made.ok) throw new Error(made.problem.kind);
  const startMs = clock.monotonic();
  let adding = 0;
  const { add } = made.value;
  const counted = {
    async add(...entry: Parameters<typeof add>) {
      adding += 1;
      try {
        return await add(...entry);
      } finally {
        adding -= 1;
      }
    },
  };
  const play: typeof played = run.timeless ? (_, work) => work : played;
  const records = await play(
    clock,
    gather({
      ...{ rows, archive: counted, redactor: run.redactor ?? createRedactor(), totalMs },
      stop: run.stop ?? new AbortController().signal,
      context: {
        ports,
        programs: { run: programs },
        facts: {
          ...{ startedMs: clock.now(), stateDirectory: '/home/ada/.local/state/nixpulse', home: '/home/ada' },
          ...{ environment: {}, flakes: ['/etc/nixos'], wholeLogs: false, ...facts },
        },
      },
    }),
    // Compression runs on threads of its own.
    () => adding > 0,
  );
  const tookMs = clock.monotonic() - startMs;
  const written = await made.value.end();
  if (!written.ok) throw new Error(written.problem.kind);
  const archive = files.contents.get('/out/x.tar.gz') ?? new Uint8Array();
  const entries = await unpackTar(gunzipSync(archive));
  const byName = new Map(
    entries.map(({ header, data }) => [header.name.replace(/^bundle\//, ''), data ?? new Uint8Array()]),
  );
  return {
    ...{ records, archive, files: byName, tookMs },
    record(id) {
      const found = records.find(({ row }) => row.id === id);
      if (found === undefined) throw new Error(`no source ${id}`);
      return found;
    },
    text(name) {
      const bytes = byName.get(name);
      if (bytes === undefined) throw new Error(`no ${name} in ${[...byName.keys()].join(' ')}`);
      return new TextDecoder().decode(bytes);
    },
  };
}

/** Time goes on while nothing else does. */
export async function played<T>(
  clock: FakeClock,
  work: Promise<T>,
  isBusy: () => boolean = () => false,
): Promise<T> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  while (!done) {
    for (let turn = 0; turn < 4 && !done; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (!done && !isBusy()) clock.advance(50);
  }
  return work;
}
