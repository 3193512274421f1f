/**
 * The story: what is done to the machine when, and the captions that say what to look at. Captions follow
 * what is really so: each step waits for its time and, where it tells of something, until that is there.
 */

import { type HeaviestReason, heaviestBuild } from '../../src/model/intents/heaviest-build.ts';
import { type Intent, targetOf } from '../../src/model/intents/intent.ts';
import type { Build, Model } from '../../src/model/model.ts';
import { pause } from '../../test/lab/wait.ts';
import type { WhatDisk } from './machine.ts';
import type { Rebuild } from './rebuild.ts';
import type { Session } from './session.ts';

interface Step {
  /** Seconds after the step before it, at the earliest. */
  readonly after: number;
  /** At most 76 characters. */
  readonly caption?: string;
  /** Waited for, so that the caption is true. */
  readonly when?: (model: Model) => boolean;
  readonly disk?: WhatDisk;
  readonly act?: (model: Model) => Intent;
}

const MB = 1 << 20;

const build = (model: Model, pname: string): Build | undefined =>
  model.builds.find((one) => one.pname === pname);
const swaps = ({ memory, pressure }: Model) =>
  (memory.swapUsedBytes ?? 0) > 16 * MB && pressure.memory.level !== 'ok';
const isDiskBusy = ({ disks }: Model) =>
  disks.some(({ carries, utilPercent }) => carries.includes('/tmp') && (utilPercent ?? 0) > 80);
const isCritical = ({ pressure }: Model) => pressure.memory.level === 'critical';
const isStalled = ({ disks }: Model) => disks.some((disk) => (disk.stalledSec ?? 0) > 2);
const isCalm = ({ shortages }: Model) => shortages.every(({ resource }) => resource === 'cpu');

function kill(target: Build | undefined, reason: HeaviestReason | null = null): Intent {
  if (target === undefined) throw new Error('the build to be killed is gone');
  return { type: 'kill', targets: [targetOf(target)], reason };
}

export const steps: readonly Step[] = [
  { after: 0, disk: { bytesPerSec: 16 * MB } },
  {
    after: 3,
    when: ({ builds }) => builds.length === 5,
    caption: 'A rebuild on a small machine: five builds, busy CPUs, and nothing is short.',
  },
  // Nothing is short yet: of this minute the first and last seconds are kept (cut.ts).
  { after: 66, when: isDiskBusy },
  { after: 12, when: swaps, caption: 'Memory is full, the kernel swaps. Pressure is time lost by waiting.' },
  {
    after: 10,
    when: isCritical,
    caption: 'Memory critical: much of the time builds wait for pages of their own.',
  },
  { after: 13, disk: 'stall' },
  {
    after: 2,
    when: isStalled,
    caption: 'STALLED: the disk has requests and answers none. No await shows that.',
  },
  { after: 13, disk: 'well' },
  { after: 0, disk: { bytesPerSec: 16 * MB } },
  { after: 3, caption: 'It answers again, but memory is still short. Which build is it?' },
  {
    after: 13,
    when: isCritical,
    caption: 'On your machine, K names the heaviest build, what it holds and how it grows.',
  },
  {
    after: 10,
    act: (model) => {
      const heaviest = heaviestBuild(model);
      return kill(heaviest?.build, heaviest?.reason);
    },
  },
  { after: 0.5, caption: 'Killed, as K and y do it. Who did what, with which outcome: 7 Journal.' },
  {
    after: 10,
    when: (model) => !isCritical(model),
    caption: 'The memory is back, pressure falls. --keep-going: the others build on.',
  },
  { after: 15, caption: 'What the eye missed is in the charts: 4 History.' },
  { after: 14, caption: 'postgresql: minutes without CPU or I/O, busy or calm. It is stuck.' },
  { after: 12, act: (model) => kill(build(model, 'postgresql')) },
  { after: 0.5, caption: 'Killed as well. Its client is told that this build failed.' },
  {
    after: 12,
    when: isCalm,
    caption: 'Nothing is short any more: two builds are lost, the others went on.',
  },
  { after: 12 },
];

const longestWaitSec = 40;

export async function tell(session: Session, rebuild: Rebuild, ask: (what: WhatDisk) => void): Promise<void> {
  const startMs = Date.now();
  for (const { after, when, caption, disk, act } of steps) {
    await pause(after * 1000);
    const deadlineMs = Date.now() + longestWaitSec * 1000;
    while (when !== undefined && !when(session.model)) {
      if (Date.now() > deadlineMs) throw new Error(`never so: ${caption}\n${rebuild.output()}`);
      await pause(100);
    }
    if (disk !== undefined) ask(disk);
    if (caption !== undefined) session.note(caption);
    const what = caption ?? (disk === undefined ? '' : JSON.stringify(disk));
    console.info(
      `${((Date.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${what}${look(session.model)}`,
    );
    if (act !== undefined) {
      const entry = await session.act(act(session.model));
      console.info(`          ${entry.title}: ${entry.status}: ${entry.summary}`);
      if (entry.status !== 'done') throw new Error(`not done: ${entry.summary}`);
    }
  }
}

/** For whoever records: where the machine is. */
function look({ memory, pressure, builds, disks }: Model): string {
  const mb = (bytes: number | null) => (bytes === null ? '?' : Math.round(bytes / MB));
  const psi = (what: 'memory' | 'io' | 'cpu') =>
    `${what} ${Math.round(pressure[what].some?.tickPercent ?? -1)}%`;
  const all = builds
    .map((one) => `${one.pname} ${one.phase ?? 'no phase'} ${mb(one.residentBytes)}`)
    .join(', ');
  const worst = disks.find((disk) => disk.carries.includes('/tmp'));
  return `\n          ${psi('memory')} ${psi('io')} ${psi('cpu')} avail ${mb(memory.availableBytes)} swap ${mb(memory.swapUsedBytes)}; util ${Math.round(worst?.utilPercent ?? -1)} await ${Math.round(worst?.writeAwaitMs ?? -1)}; ${all}`;
}
