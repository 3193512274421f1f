/** Processes in a fake file port: every read is counted, and what is kept open behaves as the kernel's. */
import { createFakeFiles, type FakeFiles } from './fake-files.ts';
import { loadavgText, uptimeText } from './proc-machine.ts';
import { type ProcessSpec, processTexts, withDefaults } from './proc-process.ts';

export interface FakeProc {
  readonly files: FakeFiles;
  /** Adds a process, or changes what it says of itself (same process: kept files go on). */
  put(spec: ProcessSpec): void;
  /** It ends: kept files say `gone`. */
  end(pid: number): void;
  /** The newest pid handed out. */
  handOut(pid: number): void;
  /** Paths read of a process since `files.forget()`, kept or not. */
  reads(pid: number): number;
}

export function createFakeProc(options: { readonly live?: boolean } = {}): FakeProc {
  const files = createFakeFiles({}, options.live ?? true);
  const specs = new Map<number, ProcessSpec>();
  const handOut = (pid: number): void => files.set('/proc/loadavg', loadavgText(pid));
  handOut(300);
  files.set('/proc/uptime', uptimeText(1000));
  return {
    files,
    handOut,
    put(changes) {
      const { pid } = changes;
      const spec = { ...specs.get(pid), ...changes };
      specs.set(pid, spec);
      const full = withDefaults({ startTime: 100, ...spec });
      for (const [name, text] of processTexts(full)) files.set(`/proc/${pid}/${name}`, text);
      for (const [fd, target] of Object.entries(full.fds))
        files.set(`/proc/${pid}/fd/${fd}`, { link: target });
    },
    end(pid) {
      specs.delete(pid);
      files.remove(`/proc/${pid}`);
    },
    reads: (pid) =>
      files.calls.filter(({ call, path }) => call !== 'keep' && path.startsWith(`/proc/${pid}/`)).length,
  };
}
