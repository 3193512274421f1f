/** A rebuild of the night as Samples, one a minute, and the hours after it. */
import type { Sample } from '../../src/model/sample.ts';
import { type LogReader, newLogReader, readLog } from '../../src/parse/read-log.ts';
import { memoryRaw, storageRaw } from '../model/machine/machine-samples.ts';
import { builder, client, daemon, forest, worker } from '../support/forest-raw.ts';
import { drvOf, start, stop } from '../support/rebuild-log.ts';
import { dayMs } from './story.ts';

const gib = 2 ** 30;
const hour = 3600;
const cache = 'https://cache.example';
const path = `/nix/store/${'a'.repeat(32)}-clang-19`;

/** A cache is asked, answers that it has it not (404), and it is built. */
function saysAt(second: number): readonly object[] {
  if (second === 60)
    return [
      start(1, 109, `querying info about '${path}' on '${cache}'`, [path, cache]),
      start(2, 101, `downloading '${cache}/a.narinfo'`, [`${cache}/a.narinfo`], 1),
    ];
  if (second === 120) return [stop(2), stop(1)];
  return second === 1200 ? [start(3, 105, 'building', [drvOf('clang-19'), '', 1, 1])] : [];
}

/** Started by a timer at 0, over after eleven hours; a collection of garbage gives its room back then. */
export function* night(hours: number): Generator<Sample> {
  const upgrade = client(150, {
    ...{ comm: '.nixos-rebuild-', tty: 0, uid: 0, residentBytes: gib },
    facts: {
      argv: ['nixos-rebuild', 'switch', '--upgrade'],
      cgroup: '/system.slice/nixos-upgrade.service',
    },
  });
  let reader: LogReader = newLogReader;
  for (let second = 0; second <= hours * hour; second += 60) {
    const goesOn = second <= 11 * hour;
    const builtHours = goesOn ? Math.max(0, Math.min(second - 1200, 6 * hour)) / hour : 0;
    const processes = goesOn
      ? [
          daemon(),
          { ...upgrade, userTicks: second },
          worker(200, 150),
          ...(second > 1200
            ? [
                builder(300, 200, 'clang-19', {
                  ...{ userTicks: second * 90, residentBytes: builtHours * 2 * gib },
                }),
              ]
            : []),
        ]
      : [daemon()];
    const atMs = 1_000_000 + second * 1000;
    const text = saysAt(second).map((one) => `@nix ${JSON.stringify(one)}\n`);
    const read = readLog(reader, Buffer.from(text.join('')));
    ({ reader } = read);
    const [row, ...rows] = storageRaw().filesystems;
    const space = { totalBytes: 500 * gib, availableBytes: (200 - builtHours * 7) * gib };
    const filesystems = [row, ...rows].map((one) => ({
      ...(one as NonNullable<typeof one>),
      space: { ok: true, value: { ...space, inodes: 1000, freeInodes: 900 } } as const,
    }));
    const part = <T>(value: T) => ({ ok: true, atMs, value }) as const;
    yield {
      ...{ version: 1, timeMs: dayMs + second * 1000, monotonicMs: atMs },
      forest: part(forest(processes, { treeAtMs: atMs, residentAtMs: atMs, uptimeSec: 1000 + second })),
      memory: part(memoryRaw({ totalBytes: 64 * gib, availableBytes: 40 * gib })),
      storage: part(storageRaw({ filesystems })),
      ...(goesOn && {
        logs: part({
          streams: [
            {
              id: 'upgrade',
              origin: { kind: 'command', words: ['nixos-rebuild'], pid: 150 },
              writers: 'one',
              events: read.events,
            },
          ],
        }),
      }),
    };
  }
}
