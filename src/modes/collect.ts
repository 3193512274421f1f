/** `nixpulse collect`: what a maintainer asks for, gathered into one archive without secrets (docs/collect.md). */

import { resolve } from 'node:path';
import { jsonLine } from '../base/json-text.ts';
import { problemText } from '../base/problem.ts';
import { type Archive, createArchive, type WrittenArchive } from '../bundle/archive.ts';
import { gather, type SourceRecord } from '../bundle/gather.ts';
import { type Manifest, manifestOf } from '../bundle/manifest.ts';
import { type FoundPlaces, findPlaces } from '../bundle/place.ts';
import { readmeText } from '../bundle/readme.ts';
import { recordingSource } from '../bundle/recording.ts';
import type { GatherFacts, SourceRow } from '../bundle/source.ts';
import { sourcesInOrder } from '../bundle/sources.ts';
import { findingText } from '../format/findings.ts';
import { exitCodeOfProblem } from '../model/intents/outcome.ts';
import { createBundleFiles } from '../platform/bundle-files.ts';
import type { Right } from '../platform/ports.ts';
import { createProgramsApart } from '../platform/programs-apart.ts';
import { openRecording } from '../record/open-recording.ts';
import { createAliases } from '../redact/aliases.ts';
import { createRedactor, type Redactor } from '../redact/redactor.ts';
import { factsOf, knowSecrets, memoryDirectories, namesOf } from './collect/facts.ts';
import { infoFiles, infoLines } from './collect/info.ts';
import { createLooking, type Looking } from './collect/look.ts';
import { askedOf, type CollectGiven, sayDone, supervise } from './collect/supervise.ts';
import { dryRunText, resultText } from './collect/tell.ts';
import { bundlesDirectory, recordingsDirectory } from './environment.ts';
import type { Given } from './mode.ts';
import { recordingFilesOf } from './wiring.ts';

/** Whatever hangs: the manifest and the last writes fit into the minute behind it. */
const totalMs = 45_000;
const interruptedCode = 130;

export async function runCollectMode(given: Given): Promise<number> {
  const { invocation, ports, write } = given;
  const asked = askedOf(given);
  if (asked !== null) {
    const code = await collect(asked);
    await sayDone(given, code);
    return code;
  }
  if (!invocation.dryRun) return supervise(given);
  const rows = rowsOf(given, createLooking(given));
  const missing = (right: Right) => ports.native.missing(right);
  await write(dryRunText(rows, { json: invocation.json, missing }));
  return 0;
}

async function collect(given: CollectGiven): Promise<number> {
  const { invocation, ports, environment, complain, write, process } = given;
  const facts = factsOf(given, process.cwd());
  const looking = createLooking(given);
  const rows = rowsOf(given, looking);
  const taken = invocation.output !== null && (await isTaken(given, resolve(invocation.output)));
  if (taken) {
    complain(`option '--output': '${invocation.output}' is there already`);
    return 2;
  }
  const names = invocation.names ? await namesOf(given) : null;
  const alias = names === null ? undefined : createAliases(names);
  const redactor = createRedactor(alias === undefined ? {} : { alias });
  knowSecrets(redactor, environment);

  const places = await placesOf(given, facts);
  const bundleFiles = places.bundleFiles;
  const made = await createArchive({
    ...{ files: bundleFiles, clock: ports.clock, places: places.found.places },
    ...{ root: rootOf(facts), timeMs: facts.startedMs },
  });
  if (!made.ok) {
    const { kind, where } = made.problem;
    const why =
      kind === 'denied'
        ? `no permission to write ${where.replace(/\.partial$/, '')}; name another file (--output), or run it as root`
        : problemText(made.problem);
    complain(`nothing was gathered: ${why}`);
    return exitCodeOfProblem(made.problem);
  }
  const archive = made.value;
  const { records, stopped, texts } = await gatherAll(given, { rows, archive, redactor, facts });
  const manifest = manifestOf(records, {
    ...{ version: given.version, startedMs: facts.startedMs, endedMs: ports.clock.now() },
    ...{ uid: ports.native.uid, aliased: invocation.names, wholeLogs: invocation.wholeLogs, stopped },
    why: places.found.why,
  });
  await addEnd(archive, redactor, { manifest, looking, texts });
  looking.close();
  const written = await archive.end();
  if (!written.ok) {
    complain(`the archive could not be written: ${problemText(written.problem)}`);
    return exitCodeOfProblem(written.problem);
  }
  const beside = await writeSum(written.value, bundleFiles);
  await write(
    resultText({
      ...{
        written: written.value,
        manifest,
        places: places.found,
        left: archive.left,
        json: invocation.json,
      },
      sumFile: beside,
    }),
  );
  return stopped ? interruptedCode : 0;
}

/** Of a disk that does not answer nobody knows, and the archive says so in its turn. */
async function isTaken({ ports: { clock } }: Given, path: string): Promise<boolean> {
  const late = new Promise<null>((resolve) => clock.after(1000, () => resolve(null)));
  const there = await Promise.race([createBundleFiles().describe(path), late]);
  return there?.ok === true;
}

function rootOf({ startedMs }: GatherFacts): string {
  return `nixpulse-${new Date(startedMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
}

async function placesOf(given: Given, facts: GatherFacts) {
  const { invocation, ports, environment, countPending } = given;
  const bundleFiles = createBundleFiles();
  countPending(() => bundleFiles.pending);
  const { output } = invocation;
  if (output !== null) {
    const place = { path: resolve(output), mostBytes: 256 << 20 };
    const found: FoundPlaces = { places: [place], why: '--output says so', inMemory: false };
    return { bundleFiles, found };
  }
  const found = await findPlaces({
    ...{ files: ports.files, bundleFiles, clock: ports.clock },
    ...{
      directory: bundlesDirectory(environment, ports.native.uid),
      name: `${rootOf(facts)}.tar.gz`,
      memory: memoryDirectories(given),
    },
  });
  return { bundleFiles, found };
}

function rowsOf(given: Given, looking: Looking): readonly SourceRow[] {
  return sourcesInOrder([looking.row, recordingRow(given, looking)]);
}

function recordingRow(given: Given, looking: Looking): SourceRow {
  const { invocation, environment, ports, version } = given;
  const directory = recordingsDirectory(invocation.dir, environment, ports.native.uid);
  return recordingSource({
    ...{ from: directory, looked: looking.looked, version },
    open: () => openRecording(recordingFilesOf(given), directory),
  });
}

interface Gathering {
  readonly rows: readonly SourceRow[];
  readonly archive: Archive;
  readonly redactor: Redactor;
  readonly facts: GatherFacts;
}

interface Gathered {
  readonly records: readonly SourceRecord[];
  readonly stopped: boolean;
  /** What the page at the front is made of, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

async function gatherAll(
  given: CollectGiven,
  { rows, archive, redactor, facts }: Gathering,
): Promise<Gathered> {
  const { ports, environment, write, invocation, countPending } = given;
  const programs = createProgramsApart({ environment });
  countPending(() => programs.pending);
  const stop = new AbortController();
  const ignore = given.onStop(() => stop.abort());
  const texts = new Map<string, string>();
  const wanted: ReadonlySet<string> = new Set(infoFiles);
  const records = await gather({
    ...{ rows, redactor, totalMs, stop: stop.signal },
    context: { ports, programs: ports.files.live ? programs : noPrograms, facts },
    archive: {
      add(name, body) {
        if (typeof body === 'string' && wanted.has(name)) texts.set(name, body);
        return archive.add(name, body);
      },
    },
    onProgress(progress) {
      given.draw?.(`${progress.done} of ${progress.total}: ${progress.what}`);
      if (invocation.json) void write(`${jsonLine({ kind: 'progress', ...progress })}\n`);
    },
  });
  given.draw?.('');
  ignore();
  programs.close();
  return { records, stopped: stop.signal.aborted, texts };
}

/** Of another machine's tree no program of this one tells anything. */
const noPrograms = {
  run: async ([file]: readonly [string, ...string[]]) =>
    ({
      ok: false,
      problem: { kind: 'unsupported', where: file, cause: 'this is another root directory' },
    }) as const,
};

interface End {
  readonly manifest: Manifest;
  readonly looking: Looking;
  readonly texts: ReadonlyMap<string, string>;
}

/** What says what is in it comes last: it was not known before. */
async function addEnd(
  archive: Archive,
  redactor: Redactor,
  { manifest, looking, texts }: End,
): Promise<void> {
  const model = looking.seen()?.model ?? null;
  const findings =
    model?.findings
      .filter(({ level }) => level !== 'ok')
      .map((one) => `${one.level}: ${findingText(one, model)}`) ?? [];
  const readme = readmeText({ manifest, model, findings, info: infoLines(texts) });
  await archive.add('README.md', redactor.text(readme));
  await archive.add('manifest.json', `${JSON.stringify(redactor.value(manifest), null, 1)}\n`);
}

/** `<sum>  <name>`, as sha256sum(1) reads it; null: it could not be written, and the sum is told all the same. */
async function writeSum(
  { path, sha256 }: WrittenArchive,
  files: ReturnType<typeof createBundleFiles>,
): Promise<string | null> {
  const made = await files.create(`${path}.sha256`);
  if (!made.ok) return null;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const written = await made.value.write(new TextEncoder().encode(`${sha256}  ${name}\n`));
  await made.value.close();
  return written.ok ? `${path}.sha256` : null;
}
