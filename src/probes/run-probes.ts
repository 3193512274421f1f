/**
 * Runs probes when they are asked for: each with a deadline, ended at once when that is asked, and its result in the
 * next Sample. While none runs this costs nothing.
 */
import { fail, ok, type Result } from '../base/problem.ts';
import type { ProbeId, ProbeResult, ProbeRun, ProbesRaw } from '../model/diagnosis/probe.ts';
import { criticalFor } from '../model/diagnosis/probe-critical.ts';
import type { ProbeOptions, ProbeRefusal, ProbeRunner, ProbeStart } from '../model/diagnosis/probe-runner.ts';
import { fitsSubject } from '../model/diagnosis/probe-subject.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import type { Ports } from '../platform/ports.ts';
import type { Source } from '../samplers/source.ts';
import { type ProbeLoaders, probeLoaders } from './load-probe.ts';
import type { Probe } from './probe.ts';

export interface Probes extends ProbeRunner {
  /** Hands what runs and what has ended into the next Sample; closed, it ends everything. */
  readonly source: Source;
}

export interface ProbesOptions {
  /** Undefined: nothing is to be written. */
  readonly stateDirectory: string | undefined;
  readonly loaders?: Partial<ProbeLoaders>;
}

/** Why one is ended before it has ended by itself. */
type End = 'cancelled' | 'deadline' | 'short';

interface Running {
  readonly run: ProbeRun;
  readonly heavy: boolean;
  /** Begun while something was critically short: it is not ended for that. */
  readonly forced: boolean;
  readonly abort: AbortController;
  progress: string | null;
  end: End | null;
}

/** One that is ended has so long to come back; then it is left behind, and is not begun again before it does. */
const graceMs = 3000;
/** What is known is told again so often, so that a recording that is entered in its midst has it. */
const againMs = 60_000;
const mostResults = 64;

export function createProbes(ports: Ports, options: ProbesOptions): Probes {
  const { loaders = probeLoaders, stateDirectory } = options;
  const { clock, files } = ports;
  const running: Running[] = [];
  /** That have been ended, and have not come back. */
  const hanging = new Set<string>();
  /** The newest of each probe and subject, the oldest first. */
  let known: readonly ProbeResult[] = [];
  /** Of them, what the last Sample did not tell. */
  let fresh: readonly ProbeResult[] = [];
  let news = false;
  let toldMs = 0;
  let critical: 'memory' | 'io' | null = null;
  let closed = false;

  function whyNot(id: ProbeId, subject: string | null, force: boolean): ProbeRefusal | null {
    if (closed || loaders[id] === undefined) return { kind: 'unknown' };
    const row = probeRow(id);
    if (!fitsSubject(row, subject)) return { kind: 'subject', wants: row.subject };
    if (!files.live) return { kind: 'not-live' };
    if (find(id, subject) !== undefined) return { kind: 'running' };
    if (hanging.has(keyOf(id, subject))) return { kind: 'hangs' };
    const other = row.heavy ? running.find(({ heavy }) => heavy) : undefined;
    if (other !== undefined) return { kind: 'busy', with: other.run.id };
    return row.heavy && critical !== null && !force ? { kind: 'critical', resource: critical } : null;
  }

  const find = (id: ProbeId, subject: string | null) =>
    running.find(({ run }) => run.id === id && run.subject === subject);

  function end(one: Running, why: End): void {
    one.end ??= why;
    one.abort.abort();
  }

  async function carryOut(one: Running, { onProgress }: ProbeOptions): Promise<ProbeResult | null> {
    const { id, subject } = one.run;
    const { title, deadlineSec } = probeRow(id);
    const cancelDeadline = clock.after(deadlineSec * 1000, () => end(one, 'deadline'));
    const work = attempt(id, subject, (text) => {
      one.progress = text;
      news = true;
      onProgress?.(text);
    });

    async function attempt(of: ProbeId, about: string | null, progress: (text: string) => void) {
      try {
        const probe = (await loaders[of]?.()) as Probe<ProbeId> | undefined;
        if (probe === undefined || one.end !== null) return null;
        const { signal: cancelled } = one.abort;
        return await probe(about, { ports, cancelled, stateDirectory, progress });
      } catch (error) {
        return fail(
          'malformed',
          title,
          `a bug in nixpulse: ${error instanceof Error ? error.message : error}`,
        );
      }
    }

    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    let cancelGrace = () => {};
    one.abort.signal.addEventListener('abort', () => {
      cancelGrace = clock.after(graceMs, () => resolve('late'));
    });
    const brought = await Promise.race([work, late]);
    cancelDeadline();
    cancelGrace();
    if (brought === 'late') {
      hanging.add(keyOf(id, subject));
      void work.then(() => hanging.delete(keyOf(id, subject)));
    }
    running.splice(running.indexOf(one), 1);
    news = true;
    const value = settle(one.end, brought === 'late' ? null : brought, title, deadlineSec);
    if (value === null || closed) return null;
    const result = { ...one.run, endedMs: clock.now(), ...value } as ProbeResult;
    const others = known.filter((old) => old.id !== id || old.subject !== subject);
    known = [...others, result].slice(-mostResults);
    fresh = [...fresh, result];
    return result;
  }

  return {
    run(id, subject, asked = {}): ProbeStart {
      const refusal = whyNot(id, subject, asked.force === true);
      if (refusal !== null) return { ok: false, refusal };
      const one: Running = {
        run: { id, subject, startedMs: clock.now() },
        heavy: probeRow(id).heavy,
        forced: asked.force === true && critical !== null,
        abort: new AbortController(),
        progress: null,
        end: null,
      };
      running.push(one);
      news = true;
      return { ok: true, done: carryOut(one, asked) };
    },
    cancel(id, subject) {
      const one = find(id, subject);
      if (one === undefined) return false;
      end(one, 'cancelled');
      return true;
    },
    get running() {
      return running.map(({ run }) => run);
    },
    source: {
      id: 'probes',
      sample() {
        if (running.length === 0 && known.length === 0 && !news) return {};
        const atMs = clock.monotonic();
        const again = atMs - toldMs >= againMs;
        if (!news && !again) return {};
        const value: ProbesRaw = {
          running: running.map(({ run, progress }) => ({ ...run, progress })),
          results: again ? known : fresh,
        };
        fresh = [];
        news = false;
        if (again) toldMs = atMs;
        return { probes: { ...ok(value), atMs } };
      },
      looked(model) {
        critical = criticalFor(model.shortages);
        // Disks are short through what it reads itself, at idle priority; memory is what must not be missing.
        if (critical !== 'memory') return;
        for (const one of running) if (one.heavy && !one.forced) end(one, 'short');
      },
      close() {
        closed = true;
        for (const one of running) end(one, 'cancelled');
      },
    },
  };
}

/** What came of it: what it brought counts even where it was ended midway. Null: nothing is to be told. */
function settle(
  end: End | null,
  brought: Result<unknown> | null,
  title: string,
  deadlineSec: number,
): Result<unknown> | null {
  if (brought?.ok || end === null) return brought;
  if (end === 'cancelled') return null;
  if (end === 'short') return fail('exhausted', title, 'ended: memory became critically short');
  return fail('timeout', title, `not done within ${deadlineSec} s`);
}

function keyOf(id: ProbeId, subject: string | null): string {
  return `${id} ${subject ?? ''}`;
}
