/** Stories of builds, second by second: made-up forests and logs go in, verdicts come out. */

import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../../src/diagnose/diagnose.ts';
import { isEvidenceField } from '../../src/format/evidence.ts';
import { verdictText } from '../../src/format/verdict.ts';
import type { Verdict } from '../../src/model/diagnosis/verdict.ts';
import type { Model } from '../../src/model/model.ts';
import type { LogsRaw } from '../../src/model/rebuild/followed.ts';
import type { ForestRaw, ProcessRaw, ProgressRaw, Sample, SampleParts } from '../../src/model/sample.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { builder, child, client, daemon, forest, worker } from '../support/forest-raw.ts';

export interface Scene {
  readonly processes?: readonly ProcessRaw[];
  readonly forest?: Partial<ForestRaw>;
  /** Documents of one stream of one rebuild. */
  readonly says?: readonly object[];
  /** What else the Sample has. */
  readonly parts?: SampleParts;
}

export interface Told {
  readonly model: Model;
  /** Of the first build. */
  readonly build: Verdict;
  /** Of the first client. */
  readonly client: Verdict | undefined;
  text(columns?: number): string;
}

const startMs = 1_000_000;
export const dayMs = Date.UTC(2026, 10, 20, 3, 0);

/** Calls `each` with every second's verdict; returns the last. */
export function tell(
  seconds: number,
  scene: (second: number) => Scene,
  options: DiagnoseOptions & {
    readonly everySec?: number;
    readonly each?: (told: Told, second: number) => void;
  } = {},
): Told {
  const { everySec = 1, each } = options;
  let derived: DerivedSample | null = null;
  let reader = newLogReader;
  let told: Told | null = null;
  for (let second = 0; second <= seconds; second += everySec) {
    const { processes, forest: more, says, parts } = scene(second);
    const atMs = startMs + second * 1000;
    const sample: Sample = {
      version: 1,
      timeMs: dayMs + second * 1000,
      monotonicMs: atMs,
      ...(processes && {
        forest: {
          ok: true,
          atMs,
          value: forest(processes, {
            treeAtMs: atMs,
            residentAtMs: atMs,
            uptimeSec: 1000 + second,
            ...more,
          }),
        },
      }),
      ...(says && { logs: { ok: true, atMs, value: heard(says) } }),
      ...parts,
    };
    derived = deriveSample(sample, derived, undefined, options);
    told = tellOf(derived.model);
    each?.(told, second);
  }
  if (told === null) throw new Error('an empty story');
  return told;

  function heard(documents: readonly object[]): LogsRaw {
    const text = documents.map((one) => `@nix ${JSON.stringify(one)}\n`).join('');
    const read = readLog(reader, Buffer.from(text));
    reader = read.reader;
    return {
      streams: [
        {
          id: 'command',
          origin: { kind: 'command', words: ['nixos-rebuild'], pid: 150 },
          writers: 'one',
          events: read.events,
        },
      ],
    };
  }
}

function tellOf(model: Model): Told {
  for (const { evidence } of [...model.verdicts, ...model.findings])
    for (const { field } of evidence) if (!isEvidenceField(field)) throw new Error(`no field ${field}`);
  const of = (kind: Verdict['subject']['kind']) =>
    model.verdicts.find(({ subject }) => subject.kind === kind);
  const build = of('build') as Verdict;
  const one = of('client') ?? of('rebuild');
  return {
    model,
    build,
    client: one,
    text: (columns = 120) => verdictText(build ?? (one as Verdict), model, { columns }),
  };
}

/** A daemon, its worker, a client, and the builds given. */
export function around(...builds: readonly (readonly ProcessRaw[])[]): readonly ProcessRaw[] {
  return [daemon(), client(150), worker(200, 150), ...builds.flat()];
}

/** Root of the one build of most stories: `shell`, a bash below it `work`. */
export const shell = (spec: Partial<ProcessRaw> = {}): ProcessRaw => builder(300, 200, 'thing-1.0', spec);
export const below = (comm: string, spec: Partial<ProcessRaw> = {}): ProcessRaw => {
  const { pid = 301, ppid = 300, ...more } = spec;
  return child(pid, shell(), comm, { ppid, startTime: 99_301, facts: { argv: [comm] }, ...more });
};

/** As the sampler has read it: at its last look, every 10 s. */
export function asleepIn(
  wchan: string | null,
  second: number,
  more: Partial<ProgressRaw> = {},
): { readonly progress?: ProgressRaw } {
  if (second < 30) return {};
  return {
    progress: {
      atMs: startMs + Math.floor(second / 10) * 10_000,
      voluntarySwitches: 40,
      nonvoluntarySwitches: 2,
      wchan,
      timed: null,
      callBytes: 1000,
      ...more,
    },
  };
}

/** The first second at which the build's verdict is so; null: never. */
export function firstSecond(
  seconds: number,
  scene: (second: number) => Scene,
  wanted: (verdict: Verdict) => boolean,
  options: DiagnoseOptions & { readonly everySec?: number; readonly of?: 'build' | 'client' } = {},
): number | null {
  let first: number | null = null;
  tell(seconds, scene, {
    ...options,
    each: (told, second) => {
      const verdict = told[options.of ?? 'build'];
      if (first === null && verdict !== undefined && wanted(verdict)) first = second;
    },
  });
  return first;
}

export const isStuck = ({ state }: Verdict) => state === 'stuck';
