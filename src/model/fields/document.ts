/** What a document of the Model holds: the fields of the machine, then lists with the fields of each row. */

import { builderRows } from '../caches/builder-rows.ts';
import { cacheRows } from '../caches/cache-rows.ts';
import type { Build, Model } from '../model.ts';
import { buildFields, cgroupFields, processFields } from './build.ts';
import { builderFields, cacheCheckFields, cacheFields } from './caches.ts';
import { clientFields, otherDaemonFields, transferFields, workerFields } from './client.ts';
import { decisionFields, type QuestionAt } from './decision.ts';
import { diskFields, filesystemFields } from './disk.ts';
import type { Field } from './field.ts';
import { type FindingAt, findingFields, hypothesisFields, remedyFields } from './finding.ts';
import {
  actsOf,
  type GuardActAt,
  type GuardAt,
  guardActFields,
  guardFields,
  guardReadingFields,
} from './guard.ts';
import { deviceFields, filesystemHealthFields, noticeFields } from './health.ts';
import { machineFields } from './machine.ts';
import { eventFields, shortageFields, type WordedModel } from './notes.ts';
import { buildSizeFields, upperLayerFields } from './places.ts';
import { probeFields } from './probe.ts';
import {
  failureFields,
  loggedBuildFields,
  peerFields,
  type RebuildRow,
  rebuildFields,
  waitFields,
} from './rebuild.ts';
import { problemFields } from './shared.ts';
import { evidenceFields, type VerdictAt, verdictFields } from './verdict.ts';

/** A list of a document: its name, what one of its rows has, the lists within a row. */
export interface List<Subject, Row> {
  readonly name: string;
  readonly help: string;
  readonly fields: readonly Field<Row>[];
  readonly rows: (subject: Subject) => readonly Row[];
  readonly lists: readonly List<Row, never>[];
}

function list<Subject, Row>(
  name: string,
  help: string,
  fields: readonly Field<Row>[],
  rows: (subject: Subject) => readonly Row[],
  lists: readonly List<Row, never>[] = [],
): List<Subject, never> {
  return { name, help, fields, rows, lists } as unknown as List<Subject, never>;
}

const treeHelp = 'Its processes, depth first, the builder first, those outside of the tree last.';

export const documentLists: readonly List<WordedModel, never>[] = [
  list('shortages', 'What is short now, worst first.', shortageFields, (m: WordedModel) =>
    m.shortages.map((shortage) => ({ shortage, monotonicMs: m.monotonicMs })),
  ),
  list(
    'verdicts',
    'Whether builds and clients get on: builds first, then clients, then rebuilds without a client.',
    verdictFields,
    (m: WordedModel) => m.verdicts.map((verdict) => ({ verdict, monotonicMs: m.monotonicMs })),
    [
      list('evidence', 'What it stands on, and what speaks against it.', evidenceFields, (row: VerdictAt) =>
        row.verdict.evidence.map((evidence) => ({ evidence, monotonicMs: row.monotonicMs })),
      ),
    ],
  ),
  list(
    'findings',
    'What rules have found, the worst first.',
    findingFields,
    (m: WordedModel) => m.findings.map((finding) => ({ finding, monotonicMs: m.monotonicMs })),
    [
      list('evidence', 'What it stands on, and what speaks against it.', evidenceFields, (row: FindingAt) =>
        row.finding.evidence.map((evidence) => ({ evidence, monotonicMs: row.monotonicMs })),
      ),
      list(
        'remedies',
        'Ways out, the gentlest first.',
        remedyFields,
        (row: FindingAt) => row.finding.remedies,
      ),
    ],
  ),
  list(
    'hypotheses',
    'What may keep a rebuild from getting on: all of them, what is likely first.',
    hypothesisFields,
    (m: WordedModel) => m.hypotheses,
  ),
  list(
    'decision',
    'The path through the decision tree of a rebuild that hangs: its questions in their order.',
    decisionFields,
    (m: WordedModel) => m.questions.map((step) => ({ step, monotonicMs: m.monotonicMs })),
    [
      list('evidence', 'What the answer stands on.', evidenceFields, (row: QuestionAt) =>
        row.step.evidence.map((evidence) => ({ evidence, monotonicMs: row.monotonicMs })),
      ),
    ],
  ),
  list('disks', 'Disks.', diskFields, (m: Model) => m.disks),
  list(
    'filesystems',
    'The file systems of /nix, /, /tmp and the build directory.',
    filesystemFields,
    (m: Model) => m.filesystems,
  ),
  list(
    'upperLayers',
    'Of overlays among these file systems: where what is written to them goes.',
    upperLayerFields,
    (m: Model) => m.places?.upperLayers ?? [],
  ),
  list(
    'buildSizes',
    'What lies in the directories of builds; empty but while their file system is short or fills up.',
    buildSizeFields,
    (m: Model) => m.places?.buildSizes ?? [],
  ),
  list('devices', 'State and errors of block devices.', deviceFields, (m: Model) =>
    (m.health?.devices ?? []).map((one) => ({ ...one, monotonicMs: m.monotonicMs })),
  ),
  list(
    'filesystemHealth',
    'State and errors of all file systems on disks.',
    filesystemHealthFields,
    (m: Model) => (m.health?.filesystems ?? []).map((one) => ({ ...one, monotonicMs: m.monotonicMs })),
  ),
  list(
    'notices',
    'What the kernel and guards of memory said, newest last; empty also where they cannot be heard.',
    noticeFields,
    (m: Model) => m.notices,
  ),
  list(
    'probes',
    'Probes that run, and of each that has run its newest result. `nixpulse diagnose --json` has what it brought, too.',
    probeFields,
    (m: WordedModel) => m.probeRows,
  ),
  list(
    'guards',
    'Guards of nixpulse: that of the machine and our own; empty where none is armed, or none can be seen.',
    guardFields,
    ({ guards, timeMs, monotonicMs }: WordedModel) =>
      guards.map((guard): GuardAt => ({ guard, timeMs, monotonicMs })),
    [
      list(
        'readings',
        'Its rules, each on what is nearest to its level.',
        guardReadingFields,
        ({ guard }: GuardAt) => guard.readings,
      ),
      list('acts', 'What it did lately, or would have done, newest last.', guardActFields, actsOf, [
        list('evidence', 'What it stood on.', evidenceFields, ({ act, monotonicMs }: GuardActAt) =>
          act.evidence.map((evidence) => ({ evidence, monotonicMs })),
        ),
      ]),
    ],
  ),
  list(
    'clients',
    'What users started: the outermost Nix tool of each process tree.',
    clientFields,
    (m: Model) => m.clients,
  ),
  list(
    'otherDaemons',
    'Main daemons besides `daemon`, which is the one that works on our store.',
    otherDaemonFields,
    (m: Model) => m.otherDaemons,
  ),
  list('workers', 'Daemon processes, one for each client.', workerFields, (m: Model) => m.workers),
  list('builds', 'Builds.', buildFields, (m: Model) => m.builds, [
    list('tree', treeHelp, processFields, (b: Build) => b.tree),
  ]),
  list(
    'rebuilds',
    'Rebuilds whose log is followed, in the order in which they were first heard.',
    rebuildFields,
    (m: WordedModel) => m.rebuildRows,
    [
      list('peers', 'Where paths come from and go to.', peerFields, (r: RebuildRow) => r.peers),
      list('waits', 'What it stands still for, the longest first.', waitFields, (r: RebuildRow) =>
        [...r.followed.rebuild.waits.values()]
          .sort((a, b) => a.sinceMs - b.sinceMs)
          .map((wait) => ({ wait, nowMs: r.nowMs })),
      ),
      list('running', 'What is being built, by its log.', loggedBuildFields, (r: RebuildRow) =>
        Array.from(r.followed.rebuild.running.values(), (build) => ({ build, nowMs: r.nowMs })),
      ),
      list(
        'failures',
        'Why it failed: one for each root cause, however many builds it took with it.',
        failureFields,
        (r: RebuildRow) => r.failures,
      ),
    ],
  ),
  list(
    'caches',
    'Caches of nix.conf, and those that followed rebuilds or the last check have asked.',
    cacheFields,
    cacheRows,
  ),
  list(
    'builders',
    'Other machines that build for this one: those of the settings, and those that do now.',
    builderFields,
    builderRows,
  ),
  list(
    'cacheChecks',
    'The last runs of `nixpulse check-cache`, oldest first.',
    cacheCheckFields,
    (m: Model) => m.caches?.checks ?? [],
  ),
  list(
    'cgroups',
    'The cgroups (v2) that builds are in, up to the root, with their limits of memory.',
    cgroupFields,
    (m: Model) => m.cgroups,
  ),
  list('transfers', 'Substitutions and copies.', transferFields, (m: Model) => m.transfers),
  list('events', 'What happened, newest last.', eventFields, (m: WordedModel) => m.events),
  list('problems', 'What could not be read.', problemFields, (m: Model) => m.problems),
];

/** The fields that stand together: of the machine (path ''), of a row of `builds[]`, of `builds[].tree[]`. */
export interface Section {
  readonly path: string;
  readonly help: string;
  readonly fields: readonly Field<never>[];
}

export const documentSections: readonly Section[] = [
  { path: '', help: '`version` is 1 until a name changes its meaning.', fields: machineFields },
  ...sections(documentLists, ''),
];

function sections(lists: readonly List<never, never>[], prefix: string): readonly Section[] {
  return lists.flatMap(({ name, help, fields, lists: inner }) => {
    const path = `${prefix}${name}[]`;
    return [{ path, help, fields }, ...sections(inner, `${path}.`)];
  });
}
