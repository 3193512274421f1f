/** The whole dashboard in this process, for a benchmark: on files that somebody else changes, with a made-up clock. */
import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import type { ReactNode } from 'react';
import { actions } from '../../src/actions/registry.ts';
import { runDashboard } from '../../src/modes/dashboard/dashboard.tsx';
import { depsOf } from '../../src/modes/mode.ts';
import { collectHeap, compileWhatRunsOften, heapBytes, restCompiling } from '../../src/platform/heap.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import type { Files, Ports } from '../../src/platform/ports.ts';
import { createPriorities } from '../../src/platform/priorities.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { createSpawn } from '../../src/platform/spawn.ts';
import { createProcSources } from '../../src/watch/sources.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { fakeNative } from '../support/fake-ports.ts';

export interface BenchDashboardOptions {
  readonly files: Files;
  readonly clock: FakeClock;
  /** The state directory; recordings go below it. */
  readonly state: string;
  /** Of the recordings. */
  readonly writer: string;
  readonly columns: number;
  readonly rows: number;
  readonly screen: ReactNode;
}

export interface BenchDashboard {
  readonly stdin: PassThrough;
  /** To the terminal. */
  readonly writtenBytes: number;
  /** Resolves when facts that were asked for are back. */
  settled(): Promise<void>;
  /** The exit code. */
  readonly ended: Promise<number>;
}

export function startBenchDashboard(options: BenchDashboardOptions): BenchDashboard {
  const { files, clock, state, writer, columns, rows, screen } = options;
  const { pid } = process;
  const ports: Ports = {
    files,
    clock,
    spawn: createSpawn(),
    signals: createSignals({ files, pid }),
    priorities: createPriorities({ files, clock, pid }),
    ownFiles: createOwnFiles({ clock }),
    native: fakeNative({ pid }),
  };
  const { sources, readForest, lowDetail, settled } = createProcSources(ports);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  let writtenBytes = 0;
  const stdout = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        writtenBytes += chunk.length;
        done();
      },
    }),
    { isTTY: true, columns, rows },
  );
  // As once the first screens are out.
  compileWhatRunsOften();
  const hardening = { harden: async () => [], forget: async () => {}, keepsOwnMemory: false };
  const ended = runDashboard({
    clock,
    sources,
    stdin,
    stdout,
    stderr: process.stderr,
    process: Object.assign(new EventEmitter(), { kill: () => true }),
    color: true,
    unicode: true,
    deps: depsOf({ ports, environment: { XDG_STATE_HOME: state } }, readForest, actions),
    lowDetail,
    survival: {
      hardening,
      choice: 'off',
      collect: collectHeap,
      heapBytes,
      restCompiling,
      stockUp() {},
      staysInMemory: () => false,
    },
    recording: { files: createRecordingFiles(), directory: `${state}/recordings`, writer, pid },
    screen,
  });
  return {
    stdin,
    get writtenBytes() {
      return writtenBytes;
    },
    settled,
    ended,
  };
}
