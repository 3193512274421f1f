/** The sources where there is no /proc (macOS): systeminformation, with what it cannot tell said as such. */
import { fail, ok } from '../base/problem.ts';
import type { ForestRaw, PressureRaw, SampleParts } from '../model/sample.ts';
import type { Ports } from '../platform/ports.ts';
import { readNixVersion } from './nix-version.ts';
import { createPortableForest } from './portable-forest.ts';
import {
  createPortableCpu,
  type PortableSystem,
  portableDisks,
  portableHost,
  portableMemory,
  portableStorage,
} from './portable-readings.ts';
import { readAhead } from './read-ahead.ts';
import type { Source } from './source.ts';

export interface PortableOptions {
  /** `() => import('systeminformation')`: loaded at the first tick, not at the start. */
  readonly load: () => Promise<PortableSystem>;
  /** `os.loadavg`. */
  readonly loadAverages: () => readonly number[];
}

/** Each listing starts `ps`; more often it would itself be what the machine is busy with. */
const processesEveryMs = 2000;
const storageEveryMs = 5000;
/** Within 200 ms currentLoad() repeats its last answer. */
const cpuEveryMs = 250;

const noPressure: PressureRaw = {
  cpu: fail('unsupported', 'pressure', 'PSI is of Linux'),
  memory: fail('unsupported', 'pressure', 'PSI is of Linux'),
  io: fail('unsupported', 'pressure', 'PSI is of Linux'),
  irq: fail('unsupported', 'pressure', 'PSI is of Linux'),
};

export function createPortableSources(
  ports: Pick<Ports, 'files' | 'clock' | 'native'>,
  { load, loadAverages }: PortableOptions,
): readonly Source[] {
  const { files, clock, native } = ports;
  let loaded: Promise<PortableSystem> | undefined;
  const system = (): Promise<PortableSystem> => {
    loaded ??= load();
    return loaded;
  };
  const readCpu = createPortableCpu(loadAverages);
  let wholeMachine: Promise<number> | undefined;
  /**
   * On Linux a process' CPU is reckoned as a share of the whole machine, elsewhere ps says it of one CPU.
   * Asked once: currentLoad(), which also knows, is the CPU part's alone (it counts from its last call).
   */
  const cpusPerPercent = (from: PortableSystem): Promise<number> => {
    wholeMachine ??= Promise.all([from.osInfo(), from.cpu()]).then(([os, { cores }]) =>
      os.platform === 'linux' ? cores : 1,
    );
    return wholeMachine;
  };
  const readForest = createPortableForest(native.ticksPerSec);

  async function forestNow(): Promise<ForestRaw> {
    const from = await system();
    const [{ list }, socket] = await Promise.all([
      from.processes(),
      files.ownerSlow('/nix/var/nix/daemon-socket/socket'),
    ]);
    const moment = {
      atMs: clock.monotonic(),
      timeMs: clock.now(),
      uptimeSec: from.time().uptime,
      cpusPerPercent: await cpusPerPercent(from),
    };
    return readForest(list, moment, {
      daemonSocket: socket.ok ? 'present' : 'absent',
      privileged: native.may('read-all-processes'),
    });
  }

  const host = readAhead(clock, 'host', Number.POSITIVE_INFINITY, async () =>
    portableHost(await system(), await readNixVersion(files)),
  );
  const cpu = readAhead(clock, 'cpu', cpuEveryMs, async () => readCpu(await system()));
  const memory = readAhead(clock, 'memory', 0, async () =>
    portableMemory(await system(), native.pageSizeBytes),
  );
  const disks = readAhead(clock, 'disks', 0, async () => portableDisks(await system()));
  const storage = readAhead(clock, 'file systems', storageEveryMs, async () =>
    portableStorage(await system(), files),
  );
  const forest = readAhead(clock, 'processes', processesEveryMs, forestNow);

  return [
    {
      id: 'pressure',
      sample() {
        const pressure = { atMs: clock.monotonic(), ...ok(noPressure) };
        return present({ pressure, cpu: cpu.take(), host: host.take() });
      },
      close: () => closeAll(cpu, host),
    },
    { id: 'residentMemory', sample: () => present({ memory: memory.take() }), close: () => memory.close() },
    {
      id: 'iostat',
      sample: () => present({ disks: disks.take(), storage: storage.take() }),
      close: () => closeAll(disks, storage),
    },
    { id: 'buildTree', sample: () => present({ forest: forest.take() }), close: () => forest.close() },
  ];
}

type Taken = { readonly [Part in keyof SampleParts]: SampleParts[Part] | undefined };

/** A part that has not arrived is absent. */
function present(parts: Taken): SampleParts {
  return Object.fromEntries(Object.entries(parts).filter(([, reading]) => reading !== undefined));
}

function closeAll(...readings: readonly { close(): void }[]): void {
  for (const reading of readings) reading.close();
}
