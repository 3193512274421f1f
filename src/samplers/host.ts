/** Reads what names the machine: host, kernel, system, CPU, Nix. Slow facts come in later samples. */
import { ok, orNull } from '../base/problem.ts';
import type { HostRaw, SampleParts } from '../model/sample.ts';
import { parseCpuList, parseCpuModel, parsePrettyName } from '../parse/host-facts.ts';
import type { Files, Ports } from '../platform/ports.ts';
import { type LoadSystemInformation, readInventory } from './inventory.ts';
import { readNixVersion } from './nix-version.ts';

/** When the first frame is long out and the first rates are on it. */
const inventoryAfterMs = 2000;
/** The reader gives the part only when something in it is new: at the first call, then as facts arrive. */
export function createHostReader(
  ports: Pick<Ports, 'files' | 'clock'>,
  loadInventory?: LoadSystemInformation,
): () => SampleParts['host'] {
  const { files, clock } = ports;
  let host: HostRaw | null = null;
  let changed = false;

  function add(facts: Partial<HostRaw>): void {
    if (host === null) return;
    host = { ...host, ...facts };
    changed = true;
  }

  function start(): HostRaw {
    void readFacts(files).then(add);
    void readNixVersion(files).then((version) => version !== null && add({ nixVersion: version }));
    // Beside a captured tree it would describe the wrong machine.
    if (loadInventory !== undefined && files.live) {
      clock.after(inventoryAfterMs, () => {
        // It starts processes: never for what is known, and disks name themselves in sysfs.
        if (host?.cpuModel !== null) return;
        void readInventory(loadInventory, clock).then(({ cpuModel, diskModels }) =>
          add({ cpuModel: host?.cpuModel ?? cpuModel, diskModels }),
        );
      });
    }
    return {
      name: firstLine(files, '/proc/sys/kernel/hostname') ?? 'localhost',
      kernel: firstLine(files, '/proc/sys/kernel/osrelease'),
      system: null,
      cpuModel: null,
      cpus: parseCpuList(orNull(files.read('/sys/devices/system/cpu/online')) ?? ''),
      nixVersion: null,
      diskModels: {},
    };
  }

  return () => {
    if (host === null) {
      host = start();
      changed = true;
    }
    if (!changed) return undefined;
    changed = false;
    return { atMs: clock.monotonic(), ...ok(host) };
  };
}

function firstLine(files: Files, path: string): string | null {
  return orNull(files.read(path))?.split('\n')[0]?.trim() || null;
}

async function readFacts(files: Files): Promise<Partial<HostRaw>> {
  const release =
    orNull(await files.readSlow('/etc/os-release')) ?? orNull(await files.readSlow('/usr/lib/os-release'));
  const cpuinfo = orNull(await files.readSlow('/proc/cpuinfo', { maxBytes: 4096 }));
  return { system: parsePrettyName(release ?? ''), cpuModel: parseCpuModel(cpuinfo ?? '') };
}
