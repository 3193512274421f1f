/** Limits of processes and open files: of the daemon and its builds, of the machine; near them, or met as logs say. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { WaitFound } from '../../model/diagnosis/found-wait.ts';
import type { Health } from '../../model/diagnosis/health.ts';
import { nameOfDerivation } from '../../model/nix-store/store-path.ts';
import type { FollowedRebuild } from '../../model/rebuild/followed.ts';
import { pro } from '../judgement.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

type What = Extract<WaitFound, { readonly kind: 'process-limit' }>['what'];

interface Measured {
  readonly what: What;
  readonly used: number | null;
  readonly limit: number | null;
  readonly field: string;
}

export const processLimitRule: Rule = {
  id: 'process-limit',
  probes: [],
  look(scene) {
    const { model, thresholds } = scene;
    const { health } = model;
    const measured = health === null ? [] : measuredIn(health);
    const near = measured.flatMap((one) => nearLimit(one, thresholds.limitPercent));
    const said = model.rebuilds.flatMap((followed) => saidBy(followed, measured, scene));
    const findings = [...near, ...said];
    if (health === null) return { findings, ground: untested({ kind: 'time' }) };
    if (health.daemon === null) return { findings, ground: untested({ kind: 'unsupported' }) };
    const { openFiles, tasksMax, tasks } = health.daemon;
    const blind = openFiles === null || (tasksMax !== null && tasks === null);
    return { findings, ground: blind ? unlikely() : refuted() };
  },
};

function measuredIn({ daemon, kernel }: Health): readonly Measured[] {
  return [
    ...(daemon === null
      ? []
      : [
          {
            what: 'tasks',
            used: daemon.tasks,
            limit: daemon.tasksMax,
            field: 'health.daemon.tasks',
          } as const,
          {
            what: 'daemon-files',
            used: daemon.openFiles,
            limit: daemon.openFilesMax,
            field: 'health.daemon.openFiles',
          } as const,
        ]),
    {
      what: 'machine-files',
      used: kernel.filesOpen,
      limit: kernel.filesMax,
      field: 'health.kernel.filesOpen',
    },
    ...threadsOf(kernel),
  ];
}

/**
 * Each thread takes a number below kernel.pid_max and counts for kernel.threads-max: the smaller one is met first. Where
 * there are more of them the numbers are of two namespaces (pid_max has been one of each since 6.14): nothing follows.
 */
function threadsOf({ pidMax, threadsMax, threads }: Health['kernel']): readonly Measured[] {
  const limits = [
    { what: 'processes', limit: pidMax },
    { what: 'threads', limit: threadsMax },
  ] as const;
  const [first] = limits
    .flatMap(({ what, limit }) => (limit === null ? [] : [{ what, limit }]))
    .toSorted((a, b) => a.limit - b.limit);
  if (first === undefined || threads === null || threads > first.limit) return [];
  return [{ ...first, used: threads, field: 'health.kernel.threads' }];
}

const subjects: Readonly<Record<What, FindingDraft['subject']>> = {
  tasks: { kind: 'unit', unit: 'nix-daemon.service' },
  'daemon-files': { kind: 'path', path: 'nix-daemon: open files' },
  'machine-files': { kind: 'machine' },
  processes: { kind: 'machine' },
  'user-processes': { kind: 'machine' },
  threads: { kind: 'machine' },
};

function nearLimit({ what, used, limit, field }: Measured, percent: number): readonly FindingDraft[] {
  if (used === null || limit === null || limit <= 0) return [];
  const share = (100 * used) / limit;
  if (share < percent) return [];
  return [
    {
      subject: subjects[what],
      level: share >= 100 - (100 - percent) / 5 ? 'critical' : 'warning',
      state: 'confirmed',
      found: { kind: 'process-limit', what, used, limit, said: false, build: null },
      evidence: [pro(field, used, 'none')],
      sinceMs: null,
    },
  ];
}

/** EAGAIN of fork(2) and clone(2), EMFILE, ENFILE: what libc, shells, compilers and Nix itself say. */
const noProcess =
  /fork: (?:retry: )?Resource temporarily unavailable|(?:fork|clone|pthread_create|thread).{0,60}Resource temporarily unavailable|unable to fork|Cannot fork/i;
const noFileHere = /Too many open files(?! in system)/;
const noFileAtAll = /Too many open files in system/;

interface Said {
  readonly failures: FollowedRebuild['failures'];
  /** Of each of them the line that says so; null: none does. */
  readonly lines: readonly (string | null)[];
}

/** Of hundreds of failures the lines are searched once, not at each look. */
function linesOf({ id, failures }: FollowedRebuild, { keep }: Scene): readonly (string | null)[] {
  const isLimit = (one: string) => noProcess.test(one) || noFileHere.test(one) || noFileAtAll.test(one);
  const said = keep<Said>(`said ${id}`, (before) =>
    before?.failures === failures
      ? before
      : {
          failures,
          lines: failures.map(({ lines, text }) => [...lines, text].find(isLimit) ?? null),
        },
  );
  return said.lines;
}

function saidBy(
  followed: FollowedRebuild,
  measured: readonly Measured[],
  scene: Scene,
): readonly FindingDraft[] {
  const { thresholds } = scene;
  const said = linesOf(followed, scene);
  return followed.failures.flatMap(({ drvs }, at) => {
    const line = said[at] ?? null;
    if (line === null) return [];
    const what = whatOf(line, measured, thresholds.limitPercent);
    const met = measured.find((one) => one.what === what);
    // RLIMIT_NOFILE counts for each process by itself: what the daemon has open is none of the build's.
    const { used = null, limit = null } = what === 'daemon-files' ? {} : (met ?? {});
    const [drv] = drvs;
    const build = drv === undefined ? null : nameOfDerivation(drv);
    return [
      {
        subject: drv === undefined ? subjects[what] : { kind: 'path', path: drv },
        level: 'warning',
        state: 'likely',
        found: { kind: 'process-limit', what, used, limit, said: true, build },
        evidence: [pro('failures.said', line.slice(0, 200), 'text')],
        sinceMs: null,
      },
    ];
  });
}

/** Tasks of the unit, or threads of the machine, where they are near their limit; else a limit of the user's. */
function whatOf(line: string, measured: readonly Measured[], percent: number): What {
  if (noFileAtAll.test(line)) return 'machine-files';
  if (noFileHere.test(line)) return 'daemon-files';
  const near = measured.find(
    ({ what, used, limit }) =>
      (what === 'tasks' || what === 'processes' || what === 'threads') &&
      used !== null &&
      limit !== null &&
      (100 * used) / limit >= percent / 2,
  );
  return near?.what ?? 'user-processes';
}
