/** Which sources this machine has: the kernel's own files, or what every system can tell. */
import type { DurationHistory } from '../followers/duration-history.ts';
import { createLogFacts } from '../followers/log-facts.ts';
import { createLogsSource, type LogsSource } from '../followers/logs-source.ts';
import type { ForestRaw, SampleParts } from '../model/sample.ts';
import type { Ports } from '../platform/ports.ts';
import { createProbes, type Probes } from '../probes/run-probes.ts';
import { createForestSources } from '../samplers/build-tree.ts';
import { type CachesSource, createCachesSource } from '../samplers/caches.ts';
import { createGuardsSource, type GuardsSource } from '../samplers/guards.ts';
import { createHealthSource, createNoHealthSource } from '../samplers/health.ts';
import { createHostReader } from '../samplers/host.ts';
import type { LoadSystemInformation } from '../samplers/inventory.ts';
import { createIostatSource } from '../samplers/iostat.ts';
import { createMountTable } from '../samplers/mount-table.ts';
import type { NoticeSource } from '../samplers/notice-source.ts';
import type { PortableOptions } from '../samplers/portable.ts';
import { createPressureSource } from '../samplers/pressure.ts';
import type { ProgressTimes } from '../samplers/progress.ts';
import type { OwnTools } from '../samplers/scripts-above.ts';
import type { Source } from '../samplers/source.ts';

export interface SourceSet {
  /** In the order in which they are read. */
  readonly sources: readonly Source[];
  /** One of them: streams to follow are added to it. */
  readonly logs: LogsSource;
  /** Another one is its source. */
  readonly probes: Probes;
  /** Another one: the guard of this process tells it what it does. */
  readonly guards: GuardsSource;
  /** The processes as they are now; null where this system does not tell. */
  readForest(): ForestRaw | null;
  /** Switched on, details are left out. */
  readonly lowDetail: { on: boolean };
  /** Resolves when facts asked for are back; a snapshot waits for them. */
  settled(): Promise<void>;
  /** What has become known since the last look (names above all); nothing is read again. */
  known(): SampleParts;
}

export interface Inventories {
  readonly inventory: LoadSystemInformation;
  readonly portable: PortableOptions;
  /** How long builds took before; without it nothing is expected of them. */
  readonly history?: DurationHistory;
  /** Of our own; a probe may write there. */
  readonly stateDirectory?: string;
  /** How soon it is looked where idle builds sleep; who looks for some seconds only cannot wait. */
  readonly progress?: ProgressTimes;
  /** Who tells of kills besides the kernel, for who watches for long. */
  readonly noticeSources?: readonly NoticeSource[];
  /** In which a guard may run. */
  readonly guardDirectories?: readonly string[];
  /** Of check-cache: then it is told what caches and builders there are. */
  readonly checkFiles?: readonly string[];
  /** Programs of somebody's own that start commands of Nix. */
  readonly ownTools?: Readonly<OwnTools>;
}

export async function createSources(
  ports: Ports,
  choice: 'auto' | 'proc' | 'portable',
  inventories: Inventories,
): Promise<SourceSet> {
  const proc = choice === 'proc' || (choice === 'auto' && ports.files.read('/proc/stat').ok);
  if (!proc) {
    const { portable, history, stateDirectory, guardDirectories = [], checkFiles } = inventories;
    const { createPortableSources } = await import('../samplers/portable.ts');
    const logs = createLogsSource(ports.clock, createLogFacts(ports, history));
    const probes = createProbes(ports, { stateDirectory });
    const guards = createGuardsSource(ports, guardDirectories);
    const caches = checkFiles === undefined ? [] : [createCachesSource(ports, checkFiles)];
    return {
      sources: [
        ...createPortableSources(ports, portable),
        logs,
        createNoHealthSource(ports.clock),
        guards,
        probes.source,
        ...caches,
      ],
      logs,
      probes,
      guards,
      readForest: () => null,
      lowDetail: { on: false },
      settled: () => allSettled(caches),
      known: () => ({}),
    };
  }
  return createProcSources(ports, inventories);
}

/** The kernel's own files; without an inventory nothing is ever started. */
export function createProcSources(
  ports: Ports,
  {
    inventory,
    history,
    stateDirectory,
    progress,
    noticeSources = [],
    guardDirectories = [],
    checkFiles,
    ownTools,
  }: Partial<Inventories> = {},
): SourceSet {
  const lowDetail = { on: false };
  const mountTable = createMountTable(ports);
  const { buildTree, residentMemory, readNow, settled, known } = createForestSources(
    ports,
    lowDetail,
    progress,
    stateDirectory,
    ownTools,
  );
  const readHost = createHostReader(ports, inventory);
  const iostat = alsoReading(createIostatSource(ports, lowDetail, mountTable), 'host', readHost);
  const logs = createLogsSource(ports.clock, createLogFacts(ports, history));
  const health = createHealthSource(ports, lowDetail, mountTable, noticeSources);
  const guards = createGuardsSource(ports, guardDirectories);
  const probes = createProbes(ports, { stateDirectory });
  const caches = checkFiles === undefined ? [] : [createCachesSource(ports, checkFiles, lowDetail)];
  const sources = [
    createPressureSource(ports),
    iostat,
    buildTree,
    residentMemory,
    logs,
    health,
    guards,
    probes.source,
    ...caches,
  ];
  return {
    sources,
    logs,
    probes,
    guards,
    readForest: readNow,
    lowDetail,
    settled: () => allSettled([{ settled }, ...caches]),
    known() {
      const forest = known();
      const host = readHost();
      return { ...(forest && { forest }), ...(host && { host }) };
    },
  };
}

async function allSettled(those: readonly Pick<CachesSource, 'settled'>[]): Promise<void> {
  await Promise.all(those.map(({ settled }) => settled()));
}

/** Facts that come in their own time travel with a source that is read anyway. */
function alsoReading<P extends keyof SampleParts>(
  source: Source,
  part: P,
  read: () => SampleParts[P],
): Source {
  return {
    id: source.id,
    sample(later) {
      const reading = read();
      return reading === undefined ? source.sample(later) : { ...source.sample(later), [part]: reading };
    },
    close: () => source.close(),
  };
}
