/**
 * A machine in the midst of a rebuild for tests that count work: ten builds with 170 processes, of which as many work
 * in a second as the test says, and any number of processes of others.
 */
import { type Derived, derive } from '../../src/model/derive.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createProcSources } from '../../src/watch/sources.ts';
import { type CountedFiles, createCountedFiles } from './counted-files.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakePorts } from './fake-ports.ts';
import { bootUptimeSec, loadavgText, machineFiles, uptimeText } from './proc-machine.ts';
import { type ProcessSpec, processTexts, withDefaults } from './proc-process.ts';

export const buildCount = 10;
export const processesPerBuild = 17;
const firstStranger = 100_000;

export interface ScriptedMachine {
  readonly files: CountedFiles;
  /** All of Nix. */
  readonly pids: readonly number[];
  put(spec: ProcessSpec): void;
  end(pid: number): void;
  /** The newest pid handed out. */
  readonly newest: number;
  handOut(pid: number): void;
  /** Half a second later only pressure is read; after a whole one everything. */
  tick(seconds: 0.5 | 1): Tick;
  /** What was asked for on other threads is there. */
  settled(): Promise<void>;
}

interface Tick {
  readonly sample: Sample;
  readonly derived: Derived;
}

export function createScriptedMachine(strangers = 0): ScriptedMachine {
  const files = createCountedFiles();
  for (const [path, text] of Object.entries(machineFiles)) files.set(path, text.toString());
  const specs = new Map<number, ProcessSpec>();
  const clock = createFakeClock();
  const { sources, settled } = createProcSources({ ...createFakePorts({ clock }), files });
  let uptimeSec = bootUptimeSec;
  let derived: Derived | null = null;

  function put(changes: ProcessSpec): void {
    const spec = { ...specs.get(changes.pid), ...changes };
    specs.set(spec.pid, spec);
    const full = withDefaults(spec);
    for (const [name, text] of processTexts(full)) files.set(`/proc/${spec.pid}/${name}`, text);
  }

  put({ pid: 100, comm: 'nix-daemon', argv: ['nix-daemon', '--daemon'] });
  put({ pid: 150, comm: 'nix-build', uid: 1000, argv: ['nix-build', '-A', 'all'] });
  put({ pid: 160, ppid: 100, comm: 'nix-daemon', argv: ['nix-daemon', '150'] });
  for (let build = 0; build < buildCount; build += 1) {
    const uid = 30_001 + build;
    const root = 1000 + build * 100;
    const name = `package${build}-1.0`;
    const environment = {
      name,
      out: `/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-${name}`,
      NIX_BUILD_TOP: '/build',
    };
    put({ pid: root, ppid: 160, uid, comm: 'bash', argv: ['bash', '-e', 'builder.sh'], environment });
    for (let i = 1; i < processesPerBuild; i += 1) {
      const comm = i % 4 === 0 ? 'cc1plus' : 'make';
      const argv = [comm, '-quiet', `src/module${i}/file${build}.cc`, '-o', `file${i}.o`];
      put({ pid: root + i, ppid: root, pgrp: root, session: root, uid, comm, argv });
    }
  }
  const pids = [...specs.keys()];
  for (let i = 0; i < strangers; i += 1)
    put({ pid: firstStranger + i, uid: 1000, comm: 'sleep', startTime: 100 });
  let newest = 0;
  const handOut = (pid: number): void => {
    newest = pid;
    files.set('/proc/loadavg', loadavgText(pid));
  };
  handOut(firstStranger + strangers);

  return {
    files,
    pids,
    put,
    end(pid) {
      specs.delete(pid);
      files.remove(`/proc/${pid}`);
    },
    handOut,
    get newest() {
      return newest;
    },
    tick(seconds) {
      clock.advance(seconds * 1000);
      uptimeSec += seconds;
      files.set('/proc/uptime', uptimeText(uptimeSec));
      const due = seconds === 1 ? sources : sources.filter(({ id }) => id === 'pressure');
      const ids = due.map(({ id }) => id);
      const parts = due.map((source, place) => source.sample(ids.slice(place + 1)));
      const times = { version: 1 as const, timeMs: clock.now(), monotonicMs: clock.monotonic() };
      const sample: Sample = Object.assign(times, ...parts);
      derived = derive(sample, derived);
      return { sample, derived };
    },
    settled,
  };
}
