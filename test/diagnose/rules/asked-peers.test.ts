/** What a cache and a builder answer to a probe, and for how long that counts. */
import { describe, expect, test } from 'vitest';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import type { ProbeValues } from '../../../src/model/diagnosis/probe-values.ts';
import { daemon } from '../../support/forest-raw.ts';
import { dayMs, type Scene } from '../story.ts';
import { findIn } from './found.ts';

const answered =
  (one: ProbeResult) =>
  (second: number): Scene => ({
    processes: [daemon()],
    parts:
      second === 5 ? { probes: { ok: true, atMs: 1_005_000, value: { running: [], results: [one] } } } : {},
  });
const times = { startedMs: dayMs, endedMs: dayMs + 4000 };

test('a port of its own is given to ssh as ssh takes it', () => {
  const found = {
    kind: 'builder-asked',
    host: 'ssh-ng://nix@big-arm:2299?x=1',
    fault: 'unreachable',
    said: null,
  } as const;
  expect(remediesOf(found)[0]).toMatchObject({ command: 'ssh -o BatchMode=yes -p 2299 nix@big-arm true' });
});

describe('a cache', () => {
  const url = 'https://cache.example';
  const well: ProbeValues['cache'] = {
    reachable: true,
    sec: 0.08,
    httpStatus: 200,
    bytesPerSec: 4e6,
    trusted: true,
    keys: ['cache.example-1'],
    priority: 40,
    storeDirectory: '/nix/store',
    said: null,
  };
  const asked = (more: Partial<ProbeValues['cache']>, seconds = 10) =>
    findIn(
      'cache',
      seconds,
      answered({ id: 'cache', subject: url, ...times, ok: true, value: { ...well, ...more } }),
      {
        everySec: 5,
      },
    );

  test('that is well refutes it', () => {
    const { findings, hypothesis } = asked({});
    expect(findings).toEqual([]);
    expect(hypothesis).toMatchObject({
      state: 'refuted',
      ground: { evidence: [{ field: 'probe.cache', value: 0.08 }] },
    });
  });

  test.each([
    [
      {
        reachable: false,
        sec: null,
        httpStatus: null,
        trusted: null,
        said: 'connect ECONNREFUSED 192.0.2.1:443',
      },
      'cache.example, asked by a probe, does not answer: connect ECONNREFUSED 192.0.2.1:443',
    ],
    [
      { httpStatus: 502, trusted: null, said: 'status 502' },
      'cache.example, asked by a probe, answers with status 502',
    ],
    [
      { trusted: null, said: 'its nix-cache-info is none' },
      'what answers at cache.example is no cache of Nix',
    ],
    [
      { trusted: false },
      'Nix here takes nothing from cache.example: no key of it is trusted (cache.example-1)',
    ],
    [{ trusted: false, keys: [] }, 'Nix here takes nothing from cache.example: it signs nothing'],
  ])('%j', (more, text) => {
    const { findings, texts, remedies } = asked(more);
    expect(findings).toMatchObject([
      { level: 'warning', state: 'confirmed', subject: { kind: 'cache', cache: url } },
    ]);
    expect(texts[0]).toMatch(text);
    expect(remedies).not.toEqual([]);
  });

  test('after a quarter of an hour it is of then', () => {
    expect(asked({ trusted: false }, 895).findings).toHaveLength(1);
    expect(asked({ trusted: false }, 915).findings).toEqual([]);
  });
});

describe('a builder', () => {
  const asked = (more: Partial<ProbeValues['builder']>) => {
    const value: ProbeValues['builder'] = {
      reachable: true,
      sec: 0.5,
      nixVersion: '2.34.8',
      trusted: true,
      systems: ['aarch64-linux'],
      features: [],
      said: null,
      ...more,
    };
    return findIn(
      'builder',
      10,
      answered({ id: 'builder', subject: 'ssh-ng://big-arm', ...times, ok: true, value }),
    );
  };

  test('that is well, or does not tell whether it trusts us, refutes it', () => {
    for (const trusted of [true, null]) {
      const { findings, hypothesis } = asked({ trusted });
      expect(findings).toEqual([]);
      expect(hypothesis.state).toBe('refuted');
    }
  });

  test('that lets nobody in, and one that does not trust us', () => {
    const said = 'nix@big-arm: Permission denied (publickey).';
    const closed = asked({ reachable: false, sec: null, nixVersion: null, trusted: null, said });
    expect(closed.texts).toEqual([`likely: big-arm, asked by a probe, cannot be connected to: ${said}`]);
    expect(closed.remedies).toContain('command ssh -o BatchMode=yes big-arm true');
    expect(asked({ trusted: false }).texts).toEqual([
      'likely: big-arm does not trust us: it takes only what is signed',
    ]);
  });
});
