/**
 * The recorder beside atop, a recording of 24 hours, streams: `npm run bench:record` (about seven minutes) prints a
 * section of docs/benchmarks.md, `-- write` writes it there; `-- quick` is shorter. Exits 1 where an aim is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { trailerBytes } from '../../src/record/frame.ts';
import { buildsWithNonce } from '../lab/truth.ts';
import { takeTurn } from '../lab/turn.ts';
import { until } from '../lab/wait.ts';
import { readWhole } from '../record/segments.ts';
import { bringUpLab, startBuild, stopAllBuilds } from '../support/lab.ts';
import { measureBesideAtop, type RecorderRow } from './beside-atop.ts';
import { writeLongRecording } from './long-recording.ts';
import type { OpenJump } from './open-jump.ts';
import { peer } from './peers.ts';
import { aim } from './report.ts';
import { measureStreams } from './stream-recording.ts';

const args = process.argv.slice(2);
const quick = args.includes('quick');
const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const fixed = (value: number, digits: number) => value.toFixed(digits);

interface Section {
  readonly lines: readonly string[];
  /** As in report.ts. */
  readonly aims: readonly string[];
}

async function besideAtop(scratch: string): Promise<Section> {
  const lab = bringUpLab();
  if (lab.missing !== null) throw new Error(`no lab: ${lab.missing}`);
  const endTurn = await takeTurn();
  try {
    const client = startBuild(lab, 'rebuild', { secs: '3600' }, { jobs: 10 });
    await until('ten builds', () => buildsWithNonce(client.nonce).length === 10, {
      deadlineMs: 180_000,
      detail: client.output,
    });
    const rows = await measureBesideAtop(scratch, quick ? 20_000 : 120_000);
    const { samples, damage } = await readWhole(createRecordingFiles(), join(scratch, 'recordings'));
    if (damage.length > 0) throw new Error(JSON.stringify(damage[0]));
    const forest = samples.findLast((sample) => sample.forest?.ok)?.forest;
    const processes = forest?.ok ? forest.value.processes.length : 0;
    const [own] = rows;
    const atop = rows.at(-1);
    const aims = [
      aim('nixpulse record, megabytes an hour at most', own ? own.bytesPerHour / 1e6 : null, 3, 'MB'),
      aim('its CPU at most, in percent of a core', own?.cpuPercent ?? null, 1.5, '%'),
      aim("its CPU at most half of atop's", own && atop ? own.cpuPercent / atop.cpuPercent : null, 0.5, '×'),
    ];
    return { lines: [`Ten builds, ${processes} processes of Nix:`, '', ...atopTable(rows)], aims };
  } finally {
    await stopAllBuilds();
    endTurn();
  }
}

function atopTable(rows: readonly RecorderRow[]): string[] {
  const atop = rows.at(-1);
  const ratio = (value: number, of: number | undefined) => fixed(value / (of ?? Number.NaN), 2);
  return [
    '| program | MB an hour | ÷ atop | CPU % of a core | ÷ atop | anonymous MB |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(({ name, bytesPerHour, cpuPercent, anonymousBytes }) => {
      const bytes = [fixed(bytesPerHour / 1e6, 2), ratio(bytesPerHour, atop?.bytesPerHour)];
      const cpu = [fixed(cpuPercent, 2), ratio(cpuPercent, atop?.cpuPercent)];
      return `| ${[name, ...bytes, ...cpu, fixed(anonymousBytes / 1e6, 1)].join(' | ')} |`;
    }),
  ];
}

/** MB that a recording of many hours may take more than one of an hour. */
const flatMb = 5;

async function longOnes(scratch: string): Promise<Section> {
  const files = createRecordingFiles();
  const table = [
    '| recording | MB | open ms | jump ms, median | longest | memory, opened | after the jumps |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  let encodeMs = 0;
  const runs: OpenJump[] = [];
  const opens: number[] = [];
  for (const hours of quick ? [1, 4] : [1, 24]) {
    const directory = join(scratch, `${hours}`);
    const made = await writeLongRecording(files, directory, hours);
    encodeMs = made.encodeMs;
    const run = openJump(directory);
    runs.push(run);
    opens.push(run.openMs);
    const jumps = run.jumpMs.toSorted((a, b) => a - b);
    const cells = [
      `${hours} h, ${made.samples.toLocaleString('en')} samples`,
      fixed(made.bytes / 1e6, 1),
      fixed(run.openMs, 0),
      fixed(jumps[jumps.length >> 1] ?? 0, 0),
      fixed(jumps.at(-1) ?? 0, 0),
      `${fixed(run.openBytes / 1e6, 1)} MB`,
      `${fixed(run.jumpedBytes / 1e6, 1)} MB`,
    ];
    table.push(`| ${cells.join(' | ')} |`);
    // A writer that was killed leaves its last segment without an index: it is looked through.
    if (hours === 1) continue;
    const openMs = unclosed(directory);
    opens.push(openMs);
    table.push(`| the same, the last segment not closed | | ${fixed(openMs, 0)} | | | | |`);
  }
  const [hour, long] = runs;
  const grown = (what: 'openBytes' | 'jumpedBytes') =>
    hour && long ? (long[what] - hour[what]) / 1e6 : null;
  const aims = [
    aim('each recording opened within 300 ms', Math.max(...opens), 300, 'ms'),
    aim('every jump within 300 ms', Math.max(...runs.flatMap(({ jumpMs }) => jumpMs)), 300, 'ms'),
    aim(`opened, many hours take at most ${flatMb} MB more than one`, grown('openBytes'), flatMb, 'MB'),
    aim(`after the jumps at most ${flatMb} MB more than one`, grown('jumpedBytes'), flatMb, 'MB'),
  ];
  const lines = [
    'Made up, ten builds with 200 processes of which every busy one changes each second, pressure twice a second:',
    '',
    ...table,
    '',
    `Encoding takes ${fixed(encodeMs, 3)} ms of the main thread for a sample, ${fixed(encodeMs / 5, 2)} % of a core.`,
  ];
  return { lines, aims };
}

async function withStreams(scratch: string): Promise<Section> {
  const rows = await measureStreams(createRecordingFiles(), scratch, quick ? 12 : 24);
  const [without] = rows;
  const lines = [
    'The same machine beside the stream of a rebuild, made up:',
    '',
    '| recording | MB of stream a minute | MB an hour | ms of the main thread for a sample | longest | jump ms, median | longest |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(({ name, streamBytesPerMinute, bytesPerHour, sampleMs, longestMs, jumpMs }) => {
      const cells = [
        ...[name, fixed(streamBytesPerMinute / 1e6, 1), fixed(bytesPerHour / 1e6, 1)],
        ...[fixed(sampleMs, 2), fixed(longestMs, 1)],
        ...[fixed(jumpMs[jumpMs.length >> 1] ?? 0, 0), fixed(jumpMs.at(-1) ?? 0, 0)],
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
  const most = Math.max(...rows.map(({ bytesPerHour }) => bytesPerHour - (without?.bytesPerHour ?? 0)));
  const aims = [
    aim('a stream, megabytes an hour at most', most / 1e6, 10, 'MB'),
    aim(
      'with a stream every jump within 300 ms',
      Math.max(...rows.flatMap(({ jumpMs }) => jumpMs)),
      300,
      'ms',
    ),
  ];
  return { lines, aims };
}

function openJump(path: string): OpenJump {
  const program = fileURLToPath(new URL('open-jump.ts', import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', program, path, '24'], { encoding: 'utf8' }),
  );
}

function unclosed(directory: string): number {
  const last = join(directory, readdirSync(directory).toSorted().at(-1) ?? '');
  writeFileSync(last, readFileSync(last).subarray(0, -trailerBytes));
  return openJump(directory).openMs;
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-bench-'));
  try {
    const [cpu] = cpus();
    const { file, args: words } = peer('atop');
    const atop = execFileSync(file, [...words, '-V'], { encoding: 'utf8' }).split(/[\s-]+/)[1];
    const machine = `${cpus().length} cores (${cpu?.model}), Linux ${release()}, node ${process.versions.node}, atop ${atop}`;
    const today = new Date().toISOString().slice(0, 10);
    const measured = [await besideAtop(scratch), await longOnes(scratch), await withStreams(scratch)];
    const aims = measured.flatMap((section) => section.aims);
    const sections = [[`${today}; ${machine}.`], ...measured.map(({ lines }) => lines), aims];
    const text = sections.map((lines) => lines.join('\n')).join('\n\n');
    console.log(text);
    if (aims.some((line) => !line.startsWith('- reached'))) process.exitCode = 1;
    if (args.includes('write')) write(text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function write(text: string): void {
  const [head, , tail] = readFileSync(page, 'utf8').split(/<!-- (?:recorder|recorder end) -->\n/);
  writeFileSync(page, `${head}<!-- recorder -->\n\n${text}\n\n<!-- recorder end -->\n${tail}`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
await main();
