/**
 * The long run itself: the dashboard with its samplers, recorder, store and screen on a tree that somebody else
 * changes (`soak.ts`: an answer on stdout to each line on stdin, which is a second), and its anonymous memory.
 * The screen is there for a few seconds of a hundred: drawing is what costs most.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { Text } from 'ink';
import { useEffect, useState } from 'react';
import { App } from '../../components/app/app.tsx';
import { useKeys } from '../../hooks/use-keys.ts';
import { useBuildTree, useIostat, usePressure, useResidentMemory } from '../../hooks/use-sources.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { likeTheKernel } from '../support/soak-tree.ts';
import { startBenchDashboard } from './bench-dashboard.ts';

const [root = '/', state = '/', tellEvery = '1000'] = process.argv.slice(2);
/** Of a hundred seconds so many are drawn, and a key opens the next view. */
const drawnSeconds = 3;
/** Views, the details of a build, history, help, and back. */
const keys = ['2', '3', '4', '7', '1', '\r', '\x1b', '?', '\x1b', '2', 'j', 'j', 'v'];
const clock = createFakeClock();

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

function anonymousBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}

const dashboard = startBenchDashboard({
  files: likeTheKernel(createFiles({ root, clock }), root),
  clock,
  state,
  writer: 'soak',
  columns: 120,
  rows: 40,
  screen: <Stage />,
});
const { stdin } = dashboard;
void dashboard.ended.then((code) => {
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
  await dashboard.settled();
  // What React and timers left behind runs between two ticks, as it does in the dashboard.
  await new Promise((resolve) => setImmediate(resolve));
  const tells = tick % Number(tellEvery) === 0;
  const told = tells
    ? { tick, writtenBytes: dashboard.writtenBytes, anonymousBytes: anonymousBytes() }
    : { tick };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

process.stdin.on('data', () => void second());
process.stdin.on('end', () => stdin.write('q'));
