/**
 * The file that Nix keeps of the log of a build, read when the log is opened and no stream has it, or when a key asks for
 * it: never by a tick. Compressed ones are read through bzip2, or through Nix where there is none.
 */
import { colouredLine } from '../../base/coloured-line.ts';
import { fail, ok, type Result } from '../../base/problem.ts';
import { derivationOfPath, logOfDerivation } from '../../model/nix-store/store-path.ts';
import type { LogFile, LogSubject } from '../../model/rebuild/log-subject.ts';
import { isDerivation } from '../../model/rebuild/named-derivations.ts';
import type { Ports } from '../../platform/ports.ts';
import type { DashboardStore } from '../../state/create.ts';
import { applyLogFile, logMode } from '../../state/log-page.ts';
import { settle } from '../../state/settle.ts';
import type { State } from '../../state/state.ts';

export interface LogFileReader {
  close(): void;
}

const longestLine = 2_000;
/** The last ones are kept. */
const mostLines = 5_000;
/** A log that is longer is not read to its end. */
const mostBytes = 256 * 1024 ** 2;
/** Of a plain one that is longer only the end is read. */
const plainBytes = 8 * 1024 ** 2;
const deadlineMs = 3_000;
const longestMs = 60_000;
const saysEachMs = 500;

export function createLogFileReader(
  store: DashboardStore,
  { files, spawn, clock }: Pick<Ports, 'files' | 'spawn' | 'clock'>,
): LogFileReader {
  let asked = '';
  let cancel = () => {};

  const unsubscribe = store.subscribe((state) => {
    const of = wanted(state);
    const mode = logMode(state);
    const key = of === null || mode === null ? '' : `${of.drv} ${mode.reads}`;
    if (key === asked) return;
    asked = key;
    cancel();
    cancel = () => {};
    if (of !== null) void read(of, key);
  });

  async function read(of: LogSubject & { readonly kind: 'build' }, key: string): Promise<void> {
    // It is a word of a program's command line: a stream may call anything so.
    const derivation = of.drv === null || !isDerivation(of.drv) ? null : derivationOfPath(of.drv);
    const say = (file: LogFile) => {
      if (key !== asked) return;
      store.setState((state) => settle(applyLogFile(state, of, file), state), true);
    };
    // Not amid the transition that asked for it.
    await Promise.resolve();
    if (derivation === null || of.drv === null) {
      say({ state: 'unread', reason: 'its derivation has no name that Nix would give' });
      return;
    }
    say({ state: 'reading', lines: 0 });
    const path = logOfDerivation(derivation);
    const plain = await files.ownerSlow(path, { deadlineMs, follow: true });
    const found = plain.ok
      ? await readPlain(path, plain.value.bytes)
      : await readCompressed(`${path}.bz2`, of.drv, key, say);
    const atMs = clock.now();
    say(
      found.ok
        ? { state: 'read', path: plain.ok ? path : `${path}.bz2`, atMs, ...found.value }
        : { state: 'unread', reason: found.problem.cause ?? `${found.problem.where}: ${found.problem.kind}` },
    );
  }

  async function readPlain(path: string, bytes: number): Promise<Result<Lines>> {
    if (bytes > plainBytes && files.live)
      return throughProcess('tail', ['-n', String(mostLines), path], null);
    const text = await files.readSlow(path, { deadlineMs, maxBytes: plainBytes });
    if (!text.ok) return text;
    const lines = text.value === '' ? [] : text.value.replace(/\n$/, '').split('\n');
    return ok(lastLines(lines, bytes > plainBytes ? null : lines.length));
  }

  async function readCompressed(
    path: string,
    drv: string,
    key: string,
    say: (file: LogFile) => void,
  ): Promise<Result<Lines>> {
    const there = await files.ownerSlow(path, { deadlineMs, follow: true });
    if (!there.ok) {
      const cause = there.problem.kind === 'gone' ? `there is none at ${path}` : undefined;
      return cause === undefined ? there : fail('gone', path, cause);
    }
    if (!files.live) return fail('unsupported', path, 'it is compressed, and this is a captured tree');
    if (key !== asked) return fail('gone', path);
    const direct = await throughProcess('bzip2', ['-dc', path], say);
    return direct.ok || direct.problem.kind !== 'gone'
      ? direct
      : throughProcess('nix-store', ['--read-log', drv], say);
  }

  async function throughProcess(
    file: string,
    args: readonly string[],
    say: ((file: LogFile) => void) | null,
  ): Promise<Result<Lines>> {
    let lines: string[] = [];
    let total = 0;
    let bytes = 0;
    let error = '';
    let saidMs = clock.monotonic();
    const child = spawn.stream(file, args, {
      onLine(line, stream) {
        if (stream === 'stderr') {
          error ||= line;
          return;
        }
        lines.push(colouredLine(line, longestLine));
        total += 1;
        bytes += line.length + 1;
        if (lines.length >= 2 * mostLines) lines = lines.slice(-mostLines);
        if (bytes > mostBytes) child.cancel();
        if (say === null || clock.monotonic() - saidMs < saysEachMs) return;
        saidMs = clock.monotonic();
        say({ state: 'reading', lines: total });
      },
    });
    cancel = child.cancel;
    const late = clock.after(longestMs, child.cancel);
    const done = await child.done;
    late();
    if (!done.ok) return done;
    if (total === 0) {
      const code = done.value.exitCode;
      if (code === 0) return ok({ lines: [], total: 0 });
      return fail('malformed', file, error === '' ? `${file} ended with ${code ?? 'a signal'}` : error);
    }
    // Of a build that still runs what came before its end is as good as it is.
    return ok(lastLines(lines, file === 'tail' ? null : total));
  }

  return {
    close() {
      unsubscribe();
      asked = 'closed';
      cancel();
    },
  };
}

interface Lines {
  readonly lines: readonly string[];
  readonly total: number | null;
}

function lastLines(lines: readonly string[], total: number | null): Lines {
  return { lines: lines.slice(-mostLines).map((line) => colouredLine(line, longestLine)), total };
}

/** Whose file is to be read: that of the open log, where nothing else is there or a key asked. */
function wanted(state: State): (LogSubject & { readonly kind: 'build' }) | null {
  const { log, replay } = state;
  const mode = logMode(state);
  if (log === null || mode === null || replay !== null || log.of.kind !== 'build' || log.of.drv === null)
    return null;
  return mode.reads > 0 || log.from !== 'stream' ? log.of : null;
}
