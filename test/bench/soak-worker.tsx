/**
 * The long run itself: the dashboard with its samplers, recorder, store and screen on a tree that somebody else
 * changes (`soak.ts`: an answer on stdout to each line on stdin, which is a second), and its anonymous memory.
 * The screen is there for a few seconds of a hundred: drawing is what costs most.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { Text } from 'ink';
import { useEffect, useState } from 'react';
import { App } from '../../components/app/app.tsx';
import { useKeys } from '../../hooks/use-keys.ts';
import { useBuildTree, useIostat, usePressure, useResidentMemory } from '../../hooks/use-sources.ts';
import { actions } from '../../src/actions/registry.ts';
import { runDashboard } from '../../src/modes/dashboard/dashboard.tsx';
import { depsOf } from '../../src/modes/mode.ts';
import { createFiles } from '../../src/platform/files.ts';
import { collectHeap, heapBytes } from '../../src/platform/heap.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import type { Ports } from '../../src/platform/ports.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { createSpawn } from '../../src/platform/spawn.ts';
import { createProcSources } from '../../src/watch/sources.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { fakeNative } from '../support/fake-ports.ts';
import { likeTheKernel } from '../support/soak-tree.ts';

const [root = '/', state = '/', tellEvery = '1000'] = process.argv.slice(2);
/** Of a hundred seconds so many are drawn, and a key opens the next view. */
const drawnSeconds = 3;
/** Views, the details of a build, history, help, and back. */
const keys = ['2', '3', '4', '7', '1', '\r', '\x1b', '?', '\x1b', '2', 'j', 'j', 'v'];
const { pid } = process;
const clock = createFakeClock();
const files = likeTheKernel(createFiles({ root, clock }), root);
const ports: Ports = {
  files,
  clock,
  spawn: createSpawn(),
  signals: createSignals({ files, pid }),
  ownFiles: createOwnFiles({ clock }),
  native: fakeNative({ pid }),
};
const { sources, readForest, lowDetail, settled } = createProcSources(ports);

const curtain = new EventEmitter();
function Stage() {
  const [up, raise] = useState(true);
  useEffect(() => void curtain.on('up', raise), []);
  return up ? <App /> : <Behind />;
}
/** What is polled and listened to goes on. */
function Behind() {
  useKeys();
  usePressure();
  useBuildTree();
  useResidentMemory();
  useIostat();
  return <Text>-</Text>;
}

const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
let writtenBytes = 0;
const stdout = Object.assign(
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      writtenBytes += chunk.length;
      done();
    },
  }),
  { isTTY: true, columns: 120, rows: 40 },
);

function anonymousBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}

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
    hardening: { harden: async () => [] },
    choice: 'off',
    collect: collectHeap,
    heapBytes,
  },
  recording: {
    files: createRecordingFiles(),
    directory: `${state}/recordings`,
    writer: 'soak',
    pid,
  },
  screen: <Stage />,
});
void ended.then((code) => {
  process.exitCode = code;
});

let tick = 0;
async function second(): Promise<void> {
  tick += 1;
  const ofHundred = tick % 100;
  if (ofHundred === 100 - drawnSeconds) curtain.emit('up', true);
  if (ofHundred === 98) stdin.write(keys[Math.floor(tick / 100) % keys.length]);
  if (ofHundred === 0) curtain.emit('up', false);
  clock.advance(1000);
  await settled();
  // What React and timers left behind runs between two ticks, as it does in the dashboard.
  await new Promise((resolve) => setImmediate(resolve));
  const tells = tick % Number(tellEvery) === 0;
  const told = tells ? { tick, writtenBytes, anonymousBytes: anonymousBytes() } : { tick };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

process.stdin.on('data', () => void second());
process.stdin.on('end', () => stdin.write('q'));
