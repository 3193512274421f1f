/**
 * Logs that Nix keeps of builds, the newest ones: their last lines, or all of them where that was asked for. Tests print
 * whatever they like: names and ends tell most, and are what is taken.
 */
import { bytesText } from '../base/bytes.ts';
import { fail, ok } from '../base/problem.ts';
import { plainEnvironment } from './command-sources.ts';
import type { GatherContext, SourceRow } from './source.ts';

const logs = '/nix/var/log/nix/drvs';
const deadlineMs = 600;
/** Of 1024 directories the ones that something was added to last. */
const mostDirectories = 24;
const mostLogs = 12;
const lastLines = 120;
const wholeBytes = 8 << 20;
const logMs = 4000;
/** Of a plain file the end is read through tail(1). */
const endBytes = 256 << 10;

interface LogFile {
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

export const buildLogSource: SourceRow = {
  id: 'build-logs',
  what: 'last lines of the newest logs of builds, running and failed; all lines with --whole-logs',
  from: `${logs}/*/*`,
  stage: 'programs',
  timeMs: 15_000,
  mostBytes: 12 << 20,
  redaction: 'text',
  gather: gatherLogs,
};

async function gatherLogs(context: GatherContext) {
  const { emit, miss, ended, facts, mostBytes } = context;
  const found = await newestLogs(context);
  if (!found.ok) return found;
  const table = found.value.map(
    ({ path, bytes, changedMs }) =>
      `${new Date(changedMs).toISOString().slice(0, 19)}Z ${bytesText(bytes).padStart(8)} ${path}`,
  );
  emit({ name: 'logs/newest.txt', body: `${table.join('\n')}\n` });
  let taken = 0;
  for (const log of found.value.slice(0, mostLogs)) {
    if (ended.aborted || taken >= mostBytes) break;
    const read = await readLog(context, log);
    if (!read.ok) {
      miss(read.problem);
      continue;
    }
    const { text, cut } = read.value;
    const lines = text.replace(/\n$/, '').split('\n');
    const isCut = !facts.wholeLogs && lines.length > lastLines;
    const body = isCut ? lines.slice(-lastLines) : lines;
    const name = log.path
      .slice(logs.length + 1)
      .replace('/', '')
      .replace(/\.bz2$/, '');
    const piece = `${body.join('\n')}\n`;
    taken += piece.length;
    const why = cut ? 'its end is missing' : isCut ? `the last ${lastLines} of ${lines.length} lines` : null;
    emit({ name: `logs/${name}.log`, body: piece, cut: why });
  }
  return ok(undefined);
}

/** By the time of the last change. */
async function newestLogs({ ports, ended }: GatherContext) {
  const { files } = ports;
  const listed = await files.listSlow(logs, { deadlineMs: 1500 });
  if (!listed.ok) return listed;
  const directories = await newest(
    listed.value.map((name) => `${logs}/${name}`),
    mostDirectories,
  );
  const all: LogFile[] = [];
  for (const { path } of directories) {
    const names = await files.listSlow(path, { deadlineMs });
    if (names.ok)
      all.push(
        ...(await newest(
          names.value.map((name) => `${path}/${name}`),
          mostLogs,
        )),
      );
  }
  if (all.length === 0) return fail('gone', logs, 'no log of any build');
  return ok(all.toSorted((a, b) => b.changedMs - a.changedMs).slice(0, 2 * mostLogs));

  async function newest(paths: readonly string[], most: number): Promise<readonly LogFile[]> {
    const found: LogFile[] = [];
    let late = 0;
    for (const path of paths) {
      if (ended.aborted || late > 2) break;
      const owner = await files.ownerSlow(path, { deadlineMs });
      if (owner.ok) found.push({ path, bytes: owner.value.bytes, changedMs: owner.value.mtimeMs });
      else if (owner.problem.kind === 'timeout') late += 1;
    }
    return found.toSorted((a, b) => b.changedMs - a.changedMs).slice(0, most);
  }
}

async function readLog({ ports, programs, facts }: GatherContext, { path, bytes }: LogFile) {
  const bounds = { timeMs: logMs, mostBytes: wholeBytes, environment: plainEnvironment };
  if (!path.endsWith('.bz2')) {
    if (bytes > endBytes && !facts.wholeLogs) {
      const run = await programs.run(['tail', '-n', String(lastLines), '--', path], bounds);
      return run.ok ? ok({ text: run.value.stdout, cut: false }) : run;
    }
    const read = await ports.files.readSlow(path, { deadlineMs: 2000, maxBytes: wholeBytes });
    return read.ok ? ok({ text: read.value, cut: bytes > wholeBytes }) : read;
  }
  // Of a running build what came out so far: its log is not ended, and bzip2 says so.
  const run = await programs.run(['bzip2', '-dc', '--', path], bounds);
  if (run.ok) return ok({ text: run.value.stdout, cut: run.value.cut || run.value.late !== null });
  if (run.problem.kind !== 'gone') return run;
  const [, folder = '', rest = ''] = /\/drvs\/(..)\/(.*\.drv)\.bz2$/.exec(path) ?? [];
  const through = await programs.run(['nix-store', '--read-log', `/nix/store/${folder}${rest}`], bounds);
  return through.ok ? ok({ text: through.value.stdout, cut: through.value.cut }) : through;
}
