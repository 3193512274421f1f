/** Streams made from what is known of them (test/support/made-streams.ts). */
import { describe, expect, it } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { rootCauses } from '../../src/logs/root-causes.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { parseInternalJson } from '../../src/parse/internal-json.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { eventsOf } from '../support/logs.ts';
import { madeDrv } from '../support/made-log.ts';
import {
  darwinSwitch,
  determinateFail,
  homeManagerSwitch,
  lixFail,
  nhSwitch,
  nomFail,
  nomFailText,
  nomStandard,
  nomStandardText,
  upstreamNewest,
} from '../support/made-streams.ts';
import { toldBothWays } from '../support/told-both-ways.ts';

function rebuildOf(text: string): Rebuild {
  const [rebuild] = foldLog(newLogState('one'), eventsOf(text), 1000).rebuilds;
  if (rebuild === undefined) throw new Error('no rebuild');
  return rebuild;
}

const causesOf = (text: string) => rootCauses(rebuildOf(text), {});

/** How often each kind of record is in it: `msg 3`, `start 105`, `result 101`, `stop`. */
function shapeOf(text: string): Record<string, number> {
  const shape: Record<string, number> = {};
  for (const line of text.trimEnd().split('\n')) {
    const event = parseInternalJson(line);
    const more = event.kind === 'msg' ? ` ${event.level}` : 'type' in event ? ` ${event.type}` : '';
    shape[event.kind + more] = (shape[event.kind + more] ?? 0) + 1;
  }
  return shape;
}

describe("nom's test logs", () => {
  it('have the shape of those that nom has', () => {
    expect(shapeOf(nomStandard())).toEqual({
      'msg 3': 5,
      'msg 4': 2,
      'result 101': 4,
      'result 105': 24,
      'result 106': 24,
      'start 0': 2,
      'start 102': 1,
      'start 103': 1,
      'start 104': 1,
      'start 105': 4,
      stop: 9,
    });
    const { 'msg 0': errors, 'msg 4': files, 'start 0': short, stop } = shapeOf(nomFail());
    expect({ errors, files, stop }).toEqual({ errors: 2, files: 232, stop: 169 });
    expect(short).toBeGreaterThanOrEqual(162);
    expect(nomFail().trimEnd().split('\n')).toHaveLength(608);
  });

  it('have the same totals in lines for people', () => {
    expect(toldBothWays(rebuildOf(nomStandardText()))).toEqual(toldBothWays(rebuildOf(nomStandard())));
    expect(toldBothWays(rebuildOf(nomFailText()))).toEqual(toldBothWays(rebuildOf(nomFail())));
  });

  it('are four builds that succeed, and one cause for two', () => {
    const standard = rebuildOf(nomStandard());
    expect(totalsOf(standard)).toMatchObject({ builds: 4, done: 4, failed: 0 });
    expect(standard.evaluation).toMatchObject({ files: 2 });
    const fail = rebuildOf(nomFail());
    expect(totalsOf(fail)).toMatchObject({ builds: 2, done: 0, failed: 1, dependents: 1 });
    expect(fail.evaluation).toMatchObject({ files: 232, copied: 162 });
    // An error's place in the configuration is no cause: a builder failed.
    expect(causesOf(nomFail())).toMatchObject([
      { cause: { kind: 'exit', code: 1 }, drvs: [madeDrv('fails')], dependents: [madeDrv('top')] },
    ]);
  });

  it('show none of the 162 activities that end at once', () => {
    let { state, reader } = { state: newLogState('one'), reader: newLogReader };
    const bytes = Buffer.from(nomFail());
    for (let at = 0; at < bytes.length; at += 4_096) {
      const read = readLog(reader, bytes.subarray(at, at + 4_096));
      reader = read.reader;
      state = foldLog(state, read.events, at);
      expect(state.rebuilds[0]?.tasks.size ?? 0).toBeLessThanOrEqual(1 + 2);
    }
  });
});

describe('other makers', () => {
  it('Lix: plain lines first, ids past 2^53, its own words for a hash', () => {
    const rebuild = rebuildOf(lixFail());
    expect(rebuild.writers).toEqual([4_133_213]);
    expect(totalsOf(rebuild)).toMatchObject({ builds: 2, failed: 2, done: 0, fetchedPaths: 2 });
    expect(rebuild.failed.get(madeDrv('remote'))).toMatchObject({
      host: 'ssh-ng://nix@builder',
      phases: [{ name: 'checkPhase' }],
    });
    expect(causesOf(lixFail())).toMatchObject([
      {
        cause: {
          kind: 'hash',
          specified: 'sha256-AAAA=',
          got: 'sha256-BBBB=',
          url: 'https://example.org/x.tar.gz',
        },
        drvs: [madeDrv('source')],
      },
      { cause: { kind: 'exit', code: 2 }, drvs: [madeDrv('remote')], lines: ['FAIL: one of 12'] },
    ]);
    expect([...rebuild.unread.activities, ...rebuild.unread.results]).toEqual([]);
  });

  it('Determinate Nix: how each ended, and nothing twice', () => {
    const rebuild = rebuildOf(determinateFail());
    expect(totalsOf(rebuild)).toMatchObject({
      builds: 4,
      done: 1,
      ended: 0,
      failed: 2,
      dependents: 1,
      fetchedPaths: 1,
    });
    expect(rebuild.finished.get(madeDrv('hello'))).toMatchObject({ state: 'done', cpuUsec: 1_000 });
    expect(causesOf(determinateFail())).toMatchObject([
      { cause: { kind: 'hash', got: 'sha256-BBBB=' }, drvs: [madeDrv('source')] },
      { cause: { kind: 'timeout', seconds: 60 }, drvs: [madeDrv('slow')], lines: ['testing'] },
    ]);
    expect([...rebuild.unread.activities, ...rebuild.unread.results]).toEqual([]);
  });

  it('upstream from 2.35 on: 113 and 109 are no failure, a hook holds nobody up', () => {
    const rebuild = rebuildOf(upstreamNewest());
    expect(totalsOf(rebuild)).toMatchObject({ builds: 2, done: 2, failed: 0 });
    expect(rebuild.evaluation.copied).toBe(1);
    expect(rebuild.peers.get('https://cache.nixos.org')).toMatchObject({ retries: 1 });
    expect(causesOf(upstreamNewest())).toEqual([]);
    expect([...rebuild.unread.activities, ...rebuild.unread.results]).toEqual([]);
    const lines = upstreamNewest().split('\n');
    const upTo = (part: string) => {
      const at = lines.findLastIndex((line) => line.includes(part));
      const read = readLog(newLogReader, Buffer.from(`${lines.slice(0, at + 1).join('\n')}\n`));
      return foldLog(newLogState('one'), read.events, 1000).rebuilds[0];
    };
    expect([...(upTo('finish fetching')?.waits.values() ?? [])]).toMatchObject([
      { for: { kind: 'fetch-lock', input: 'github:NixOS/nixpkgs' } },
    ]);
    const during = upTo('buildPhase');
    expect([...(during?.running.keys() ?? [])]).toEqual([madeDrv('second')]);
    expect([...(during?.hooks.values() ?? [])]).toMatchObject([{ drv: madeDrv('first'), lines: 1 }]);
  });
});

describe('tools around Nix', () => {
  const stepsOf = (text: string) => rebuildOf(text).steps.map(({ step, names }) => [step, names]);

  it.each([
    ['nix-darwin', darwinSwitch()],
    ['home-manager', homeManagerSwitch()],
    ['nh', nhSwitch()],
  ])('%s: one build, no failure', (_, text) => {
    expect(totalsOf(rebuildOf(text))).toMatchObject({ builds: 1, done: 1, failed: 0 });
    expect(causesOf(text)).toEqual([]);
  });

  it('have their steps', () => {
    expect(stepsOf(darwinSwitch())).toEqual([
      ['building', []],
      [
        'activating',
        [
          ...[
            'groups',
            'users',
            '/Applications/Nix Apps',
            'pam',
            'applying patches',
            '/etc',
            'user defaults',
          ],
          ...['launchd services', 'reloading nix-daemon', 'waiting for nix-daemon', 'configuring networking'],
          ...['setting nvram variables', 'Homebrew bundle'],
        ],
      ],
    ]);
    const parts = ['checkFilesChanged', 'writeBoundary', 'installPackages', 'linkGeneration'];
    expect(stepsOf(homeManagerSwitch())).toEqual([
      ['activating', parts],
      ['profile', []],
      ['activating', ['reloadSystemd']],
    ]);
    expect(stepsOf(nhSwitch())).toEqual([
      ['building', []],
      ['activating', ['/etc']],
      ['bootloader', []],
    ]);
  });
});
