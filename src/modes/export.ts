/** `nixpulse export`: what the last look found, as metrics for Prometheus, until a signal ends it. */
import { isLoopback } from '../base/listen-address.ts';
import { openDatagrams } from '../platform/datagrams.ts';
import { compileWhatRunsOften } from '../platform/heap.ts';
import { createWatcher } from '../watch/watcher.ts';
import { createExporting } from './export/exporting.ts';
import { openOutlets } from './export/outlets.ts';
import { createServiceManager, managerSettings } from './guard/service-manager.ts';
import { runHeadless } from './headless.ts';
import { type Given, survivalOf } from './mode.ts';
import { followLogs, judgedNow, readAgain, sourcesOf } from './wiring.ts';

/** Exit code: 1 where the address is taken or the file cannot be written, 3 where that is not permitted. */
export async function runExportMode(given: Given): Promise<number> {
  const { invocation, ports, environment, process, complain, version } = given;
  const { clock, native } = ports;
  const exporting = createExporting({
    ...{ version, top: invocation.top ?? 0, startedMs: clock.now() },
    own: () => ownUse(process),
  });
  // Before the machine is looked at: what cannot be is said at once.
  const outlets = await openOutlets(given, exporting);
  if (!outlets.ok) {
    complain(outlets.line);
    return outlets.exitCode;
  }
  const opened = await openDatagrams();
  const datagrams = opened.ok ? opened.value : null;
  const manager = createServiceManager(environment, { datagrams, clock, pid: native.pid });
  for (const name of managerSettings) delete process.env[name];

  const { sources, lowDetail, logs } = await sourcesOf(given, { forLong: true });
  const judged = await judgedNow(given);
  const { diagnose, intervalScale } = judged;
  followLogs(given, logs);
  compileWhatRunsOften();
  const options = { clock, sources, process, say: complain, survival: survivalOf(given) };
  const told = `metrics in ${outlets.places.join(' and ')}`;
  const watcher = createWatcher({ ...options, lowDetail, intervalScale, diagnose });
  const code = await runHeadless(options, () => ({
    watcher,
    reload: () => void readAgain(judged, watcher, complain),
    begun() {
      complain(told);
      if (outlets.host !== null && !isLoopback(outlets.host))
        complain('other machines can read them there: they name disks, mount points and what was found');
    },
    looked(model, health) {
      const first = !exporting.has;
      exporting.looked(model, health, outlets.fileFailures());
      // With the second look there are rates.
      if (model.intervalSec !== null) outlets.looked();
      if (first) manager.ready(told);
      manager.alive();
    },
    async ended(exitCode) {
      manager.stopping();
      return exitCode;
    },
  }));
  await outlets.close();
  datagrams?.close();
  return code;
}

function ownUse({ memoryUsage, cpuUsage }: NodeJS.Process) {
  const { user, system } = cpuUsage();
  return { residentBytes: memoryUsage.rss(), cpuUsec: user + system };
}
