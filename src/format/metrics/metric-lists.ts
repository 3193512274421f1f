/**
 * Which lists of the document are metrics, and by which labels: few values, and known ones. What is not here is in
 * `notExported`, with the reason.
 */
import { identityKey } from '../../base/identity.ts';
import type { BuilderRow } from '../../model/caches/builder-rows.ts';
import type { CacheRow } from '../../model/caches/cache-rows.ts';
import { documentLists, type List } from '../../model/fields/document.ts';
import { sourceAgeFields, sourceAges } from '../../model/fields/exporter.ts';
import type { Field } from '../../model/fields/field.ts';
import type { FindingAt } from '../../model/fields/finding.ts';
import { type GuardAt, guardReadingFields } from '../../model/fields/guard.ts';
import type { ShortageAt, WordedModel } from '../../model/fields/notes.ts';
import type { RebuildRow } from '../../model/fields/rebuild.ts';
import type { VerdictAt } from '../../model/fields/verdict.ts';
import type { GuardReading } from '../../model/guard/guard.ts';
import { guardToHold } from '../../model/guard/guard-seen.ts';
import type { Build, Client, Disk, Filesystem, Model } from '../../model/model.ts';
import type { Labels } from './metrics-text.ts';

export interface MetricList<Row> {
  /** As the document calls it: `guards[].readings[]`; null: it is not in the document. */
  readonly path: string | null;
  /** What one row is, as a part of its metrics' names. */
  readonly subject: string;
  readonly fields: readonly Field<Row>[];
  readonly rows: (model: WordedModel) => readonly Row[];
  readonly labels: (row: Row, model: WordedModel) => Labels;
  /**
   * `each`: every measure of every row. `counted`: how many rows have the same labels, and since when the oldest of them.
   * `together`: the measures of all rows, added up.
   */
  readonly how: 'each' | 'counted' | 'together';
  /** Of `counted`: name of the family, and the help. */
  readonly family?: { readonly name: string; readonly help: string };
  /** Of `counted`: labels that are told with 0 where nothing has them. */
  readonly zeros?: (model: WordedModel) => readonly Labels[];
  /** Ids of fields that are no measures here. */
  readonly without?: readonly string[];
}

export type AnyMetricList = MetricList<never>;

const metricList = <Row>(list: MetricList<Row>): AnyMetricList => list as unknown as AnyMetricList;

/** As the document has it. */
function of<Row>(name: string) {
  const found = documentLists.find((list) => list.name === name);
  if (found === undefined) throw new Error(`the document has no ${name}`);
  const { fields, rows } = found as unknown as List<WordedModel, Row>;
  return { path: `${name}[]`, fields, rows };
}

const buildStates = ['working', 'slow', 'waiting', 'stuck', 'paused', 'unknown'] as const;

function buildState(build: Build, { verdicts }: Model): string {
  const key = identityKey(build);
  const verdict = verdicts.find(({ subject }) => subject.kind === 'build' && identityKey(subject) === key);
  return verdict?.state ?? (build.paused ? 'paused' : 'unknown');
}

/** Where none is seen and some may be hidden, none is not 0. */
const areSeen = ({ totals }: Model) => totals.running !== null;

export const metricLists: readonly AnyMetricList[] = [
  metricList<Disk>({
    ...of<Disk>('disks'),
    ...{ subject: 'disk', how: 'each', labels: ({ device }) => ({ device }) },
  }),
  metricList<Filesystem>({
    ...of<Filesystem>('filesystems'),
    ...{ subject: 'filesystem', how: 'each' },
    labels: ({ path, mountPoint }) => ({ path, mountpoint: mountPoint }),
  }),
  metricList<{ device: string; kind: string }>({
    ...of<{ device: string; kind: string }>('devices'),
    ...{ subject: 'device', how: 'each', labels: ({ device, kind }) => ({ device, kind }) },
  }),
  metricList<{ type: string; name: string; mountPoint: string | null }>({
    ...of<{ type: string; name: string; mountPoint: string | null }>('filesystemHealth'),
    ...{ subject: 'filesystemHealth', how: 'each' },
    labels: ({ type, name, mountPoint }) => ({ type, name, mountpoint: mountPoint ?? '' }),
  }),
  metricList<Build>({
    ...of<Build>('builds'),
    ...{ subject: 'build', how: 'counted', labels: (build, model) => ({ state: buildState(build, model) }) },
    family: { name: 'nixpulse_builds', help: 'Builds, by whether they get on.' },
    zeros: (model) => (areSeen(model) ? buildStates.map((state) => ({ state })) : []),
  }),
  metricList<VerdictAt>({
    ...of<VerdictAt>('verdicts'),
    ...{ subject: 'verdict', how: 'counted' },
    labels: ({ verdict }) => ({ subject: verdict.subject.kind, state: verdict.state }),
    family: { name: 'nixpulse_verdicts', help: 'Builds, clients and rebuilds, by whether they get on.' },
  }),
  metricList<FindingAt>({
    ...of<FindingAt>('findings'),
    ...{ subject: 'finding', how: 'counted' },
    labels: ({ finding }) => ({
      hypothesis: finding.hypothesis,
      kind: finding.found.kind,
      level: finding.level,
      state: finding.state,
    }),
    family: {
      name: 'nixpulse_findings',
      help: 'What rules of the diagnosis have found (nixpulse diagnose).',
    },
  }),
  metricList<WordedModel['hypotheses'][number]>({
    ...of<WordedModel['hypotheses'][number]>('hypotheses'),
    ...{ subject: 'hypothesis', how: 'each', labels: ({ id }) => ({ hypothesis: id }) },
  }),
  metricList<ShortageAt>({
    ...of<ShortageAt>('shortages'),
    ...{ subject: 'shortage', how: 'counted' },
    labels: ({ shortage: { resource, level } }) => ({ resource, level }),
    family: { name: 'nixpulse_shortages', help: 'What is short: memory, io, cpu or space.' },
  }),
  metricList<Client>({
    ...of<Client>('clients'),
    ...{ subject: 'client', how: 'counted', labels: ({ phase }) => ({ phase: phase ?? 'unknown' }) },
    family: { name: 'nixpulse_clients', help: 'Commands of Nix that run, by what they do.' },
  }),
  metricList<RebuildRow>({
    ...of<RebuildRow>('rebuilds'),
    ...{ subject: 'rebuild', how: 'together', labels: () => ({}) },
    rows: (model) => model.rebuildRows.filter(({ followed }) => !followed.over),
    without: ['over', 'endTime', 'exitCode'],
  }),
  metricList<RebuildRow>({
    ...of<RebuildRow>('rebuilds'),
    ...{ subject: 'rebuild', how: 'counted', labels: () => ({}), zeros: () => [{}] },
    rows: (model) => model.rebuildRows.filter(({ followed }) => !followed.over),
    family: { name: 'nixpulse_rebuilds', help: 'Rebuilds under way whose log is followed.' },
  }),
  metricList<CacheRow>({
    ...of<CacheRow>('caches'),
    ...{ subject: 'cache', how: 'each', labels: ({ address }) => ({ cache: address }) },
  }),
  metricList<BuilderRow>({
    ...of<BuilderRow>('builders'),
    ...{ subject: 'remoteBuilder', how: 'each', labels: ({ name }) => ({ builder: name }) },
  }),
  metricList<GuardAt>({
    ...of<GuardAt>('guards'),
    ...{ subject: 'guard', how: 'each', labels: ({ guard }) => ({ scope: guard.scope }) },
  }),
  metricList<GuardReading>({
    ...{ path: 'guards[].readings[]', subject: 'guardRule', how: 'each', fields: guardReadingFields },
    rows: ({ guards }) => guardToHold(guards)?.readings ?? [],
    labels: ({ rule }) => ({ rule }),
    // Each rule has its own unit.
    without: ['value', 'limit', 'below'],
  }),
  metricList<{ kind: string }>({
    ...of<{ kind: string }>('problems'),
    ...{ subject: 'problem', how: 'counted', labels: ({ kind }) => ({ kind }) },
    family: { name: 'nixpulse_problems', help: 'What could not be read of the machine, by why.' },
  }),
  metricList({
    ...{ path: null, subject: 'source', how: 'each', fields: sourceAgeFields, rows: sourceAges },
    labels: ({ part }) => ({ part }),
  }),
];

/** Only where somebody asks for it, `--top`: names of derivations are as many as there are packages. */
export const topBuilds: AnyMetricList = metricList<Build>({
  ...of<Build>('builds'),
  ...{ subject: 'build', how: 'each' },
  labels: ({ name, pid, host }) => ({ derivation: name ?? '', pid: String(pid), host: host ?? '' }),
});

const named = 'its rows are processes, paths or texts: labels without bounds';

/** Lists of the document that are no metrics, and why. */
export const notExported: Readonly<Record<string, string>> = {
  'verdicts[].evidence[]': named,
  'findings[].evidence[]': named,
  'findings[].remedies[]': named,
  'decision[]': 'hypotheses tell the same',
  'decision[].evidence[]': named,
  'upperLayers[]': 'only names',
  'buildSizes[]': named,
  'notices[]': 'events are counted',
  'probes[]': 'only of who asks for them',
  'guards[].acts[]': 'counted as they come: nixpulse_guard_actions_total',
  'guards[].acts[].evidence[]': named,
  'otherDaemons[]': named,
  'workers[]': named,
  'builds[].tree[]': named,
  'rebuilds[].peers[]': 'caches tell the same of all rebuilds together',
  'cacheChecks[]': 'the last one has metrics of its own: nix_build_cache_check_timestamp and the like',
  'rebuilds[].waits[]': 'verdicts tell the same',
  'rebuilds[].running[]': named,
  'rebuilds[].failures[]': 'counted as they come: nixpulse_build_failures_total',
  'cgroups[]': named,
  'transfers[]': named,
  'events[]': 'counted as they come: nixpulse_events_total',
};
