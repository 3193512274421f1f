/**
 * Answers of a Prometheus to machines: one a host, however many ports and jobs tell of it. What is of the machine itself
 * is taken from where it was told last; a check of caches may come by another port; alerts by all.
 */
import { hostPart } from '../../base/host-part.ts';
import type { VerdictState } from '../diagnosis/verdict.ts';
import type { Level } from '../model.ts';
import type { FleetAnswers, InstantSample } from './answers.ts';
import {
  type Fleet,
  type FleetAlert,
  type FleetAlerts,
  type FleetCaches,
  type FleetFinding,
  type FleetMachine,
  type FleetRebuild,
  type FleetShortage,
  goneSec,
} from './machine.ts';
import { byNeed, machineState } from './need.ts';
import { cacheChecks, type QueryId, queryIds } from './queries.ts';

type Samples = readonly InstantSample[];
/** Of one `instance`. */
type Told = Partial<Record<QueryId, InstantSample[]>>;

export function deriveFleet({ samples, hasRules, askedMs }: FleetAnswers): Fleet {
  const hosts = new Map<string, Map<string, Told>>();
  let unnamed = 0;
  let atSec = 0;
  for (const id of queryIds) {
    for (const sample of samples[id]) {
      atSec = Math.max(atSec, sample.atSec);
      const { instance = '' } = sample.labels;
      if (instance === '') {
        if (id === 'told') unnamed += 1;
        continue;
      }
      const host = mapIn(hosts, hostPart(instance), () => new Map<string, Told>());
      const told = mapIn(host, instance, (): Told => ({}));
      const own = told[id] ?? [];
      told[id] = own;
      own.push(sample);
    }
  }
  const machines = [...hosts]
    .filter(([, told]) => [...told.values()].some(({ told: any }) => any !== undefined))
    .map(([name, told]) => machineOf(name, [...told.values()], hasRules));
  return {
    machines: machines.toSorted(byNeed),
    timeMs: atSec === 0 ? askedMs : Math.round(atSec * 1000),
    ...{ hasRules, unnamed },
  };
}

function mapIn<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function machineOf(name: string, all: readonly Told[], hasRules: boolean | null): FleetMachine {
  const lastOf = ({ told = [] }: Told, part?: string) =>
    told.reduce(
      (newest, one) =>
        part === undefined || one.labels['part'] === part ? Math.max(newest, toldSec(one)) : newest,
      Number.NEGATIVE_INFINITY,
    );
  const now = all.toSorted((a, b) => later(lastOf(a, 'now'), lastOf(b, 'now')))[0] ?? {};
  const last = all.flatMap(({ told = [] }) => told).toSorted((a, b) => later(toldSec(a), toldSec(b)))[0];
  const ageSec =
    last === undefined || last.labels['part'] === 'down' ? null : Math.max(0, last.atSec - last.value);
  // What was told too long ago says nothing of now.
  const isKnown = Number.isFinite(lastOf(now, 'now')) && ageSec !== null && ageSec <= goneSec;
  const known = {
    ...{ name, ageSec },
    rebuild: isKnown ? rebuildOf(now) : null,
    pressure: isKnown ? shortagesOf(now.pressure) : null,
    findings: isKnown ? findingsOf(now.findings) : null,
    caches: cachesOf(all),
    alerts: alertsOf(all, hasRules),
  };
  return { ...known, state: machineState(known, isKnown) };
}

/** The later one first; both may be never. */
function later(a: number, b: number): number {
  return a === b ? 0 : b - a;
}

/** When it looked at itself; that its address does not answer says nothing of that. */
function toldSec({ labels, value }: InstantSample): number {
  return labels['part'] === 'down' ? Number.NEGATIVE_INFINITY : value;
}

function rebuildOf({ rebuilds = [], verdicts = [] }: Told): FleetRebuild | null {
  if (rebuilds.length === 0 && verdicts.length === 0) return null;
  const value = (part: string) => rebuilds.find(({ labels }) => labels['part'] === part)?.value ?? null;
  const startSec = value('start');
  const [first] = rebuilds;
  const states = new Set(verdicts.map(({ labels }) => labels['state']));
  return {
    underWay: value('rebuilds'),
    running: value('running'),
    verdict: worstVerdicts.find((state) => states.has(state)) ?? null,
    builds: value('builds'),
    done: value('done'),
    failed: value('failed'),
    ageSec: startSec === null || first === undefined ? null : Math.max(0, first.atSec - startSec),
  };
}

const worstVerdicts: readonly VerdictState[] = ['stuck', 'slow', 'waiting', 'paused', 'working'];

function shortagesOf(samples: Samples = []): readonly FleetShortage[] | null {
  if (samples.length === 0) return null;
  const rank = ({ resource, level }: FleetShortage) =>
    (resource === 'cpu' ? 0 : 10) + (level === 'critical' ? 1 : 0);
  return samples
    .flatMap(({ labels: { resource }, value }): FleetShortage[] =>
      resource === undefined || value < 1 ? [] : [{ resource, level: value >= 2 ? 'critical' : 'warning' }],
    )
    .toSorted((a, b) => rank(b) - rank(a) || compare(a.resource, b.resource));
}

/** The query has weighed them. */
function findingsOf(samples: Samples = []): readonly FleetFinding[] {
  return samples
    .toSorted((a, b) => b.value - a.value || compare(a.labels['kind'], b.labels['kind']))
    .map(({ labels: { hypothesis = '', kind = '', level, state = '' } }) => ({
      ...{ hypothesis, kind, state },
      level: isLevel(level) ? level : 'warning',
    }));
}

function isLevel(word: string | undefined): word is Level {
  return word === 'ok' || word === 'warning' || word === 'critical';
}

/** Where they were tried last. */
function cachesOf(all: readonly Told[]): FleetCaches | null {
  const valueIn = (samples: Samples, part: string) =>
    samples.find(({ labels }) => labels['part'] === part)?.value ?? 0;
  const samples = all
    .flatMap(({ caches }) => (caches === undefined ? [] : [caches]))
    .toSorted((a, b) => later(valueIn(a, 'tried'), valueIn(b, 'tried')))[0];
  const [first] = samples ?? [];
  if (samples === undefined || first === undefined) return null;
  const failed = new Set(samples.map(({ labels }) => labels['__name__']));
  const triedSec = valueIn(samples, 'tried');
  return {
    failed: Object.entries(cacheChecks).flatMap(([name, check]) => (failed.has(name) ? check : [])),
    working: valueIn(samples, 'working'),
    ageSec: triedSec === 0 ? null : Math.max(0, first.atSec - triedSec),
  };
}

/** Without the rules nobody would tell: that nothing fires is then unknown. One that two ports tell is one. */
function alertsOf(all: readonly Told[], hasRules: boolean | null): FleetAlerts | null {
  const samples = all.flatMap(({ alerts = [] }) => alerts);
  const named = new Map<string, FleetAlert & { readonly weight: number }>();
  let firing = 0;
  for (const { labels, value } of samples) {
    const { alertname: name, severity = null } = labels;
    if (name === undefined) firing = Math.max(firing, value);
    else named.set(JSON.stringify([name, severity]), { name, severity, weight: value });
  }
  firing = Math.max(firing, named.size);
  if (firing === 0 && hasRules !== true) return null;
  const sorted = [...named.values()].toSorted((a, b) => b.weight - a.weight || compare(a.name, b.name));
  return { firing, named: sorted.map(({ name, severity }) => ({ name, severity })) };
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
