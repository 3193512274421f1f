/** What explains failures, for whoever enters a recording after them. */
import { expect, it } from 'vitest';
import { enterEvidence, packEvidence } from '../../src/logs/entered-evidence.ts';
import { type Explained, nothingExplained } from '../../src/logs/explain-failures.ts';
import { followStreams, noStreams } from '../../src/logs/streams.ts';
import type { StreamOrigin } from '../../src/model/rebuild/followed.ts';
import { eventsOf, logBytes } from '../support/logs.ts';

function rebuildsOf(origin: StreamOrigin) {
  const events = eventsOf(logBytes('nix-2.34/nixbuild-fail'));
  return followStreams(noStreams, { streams: [{ id: 'x', origin, writers: 'one', events }] }, 1000).rebuilds;
}
const rebuilds = rebuildsOf({ kind: 'file', path: '/log' }).map((one) => ({ ...one, command: 'nix build' }));
const [failed = ''] = rebuilds[0]?.rebuild.failed.keys() ?? [];
const seen = { uid: 30_001, directory: '/tmp/nix-build-a' };
const oomKills = [{ atMs: 900, uid: null, process: 'cc1plus', scope: 'machine' as const, cgroup: null }];
const room = [{ mountPoint: '/', freeBytes: 12, freeInodes: null }];
const explained = {
  ...nothingExplained,
  evidence: {
    ...nothingExplained.evidence,
    seen: new Map([
      [failed, seen],
      ['other.drv', seen],
    ]),
    oomKills,
    endedByUs: [{ drv: failed, atMs: 950 }],
  },
  rebuilds: new Map([['x stream', { rooms: room }]]),
} as unknown as Explained;

it('is packed as far as the failures need it', () => {
  const entered = enterEvidence(JSON.parse(JSON.stringify(packEvidence({ rebuilds }, explained))));
  expect(entered.commands).toEqual(new Map([['x stream', 'nix build']]));
  expect(entered.explained.rooms).toEqual(new Map([['x stream', room]]));
  expect(entered.explained.evidence).toMatchObject({
    oomKills,
    entered: oomKills,
    endedByUs: [{ drv: failed, atMs: 950 }],
  });
  expect([...entered.explained.evidence.seen]).toEqual([[failed, seen]]);
});

it('is nothing where the streams say all', () => {
  const own = rebuildsOf({ kind: 'command', words: ['nix', 'build'], pid: 1 });
  expect(packEvidence({ rebuilds: own }, nothingExplained)).toBeNull();
});

it.each([null, 7, [], {}, { seen: 7, oomKills: [7], rooms: [['x', [7]]], commands: [[1, 2]] }])(
  '%j is nothing',
  (none) => {
    const { explained: entered, commands } = enterEvidence(none);
    expect(commands.size + entered.evidence.seen.size + entered.evidence.oomKills.length).toBe(0);
    for (const rooms of entered.rooms.values()) expect(rooms).toEqual([]);
  },
);
