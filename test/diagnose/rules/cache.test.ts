/** Caches: dead, failing, stalled; and what is none of it. */
import { describe, expect, test } from 'vitest';
import { troubleOf } from '../../../src/diagnose/cache-trouble.ts';
import { client, process } from '../../support/forest-raw.ts';
import { error, progress, say, start, stop } from '../../support/rebuild-log.ts';
import { asleepIn } from '../story.ts';
import { findIn, firstFound } from './found.ts';

const dead = 'https://dead.example';
const good = 'https://good.example';
const hashOf = (i: number) => `${i}`.padStart(32, 'a');
const pathOf = (i: number) => `/nix/store/${hashOf(i)}-thing-${i}`;
const narinfo = (cache: string, i: number) => `${cache}/${hashOf(i)}.narinfo`;
const query = (id: number, cache: string, i: number) => [
  start(id, 109, `querying info about '${pathOf(i)}' on '${cache}'`, [pathOf(i), cache]),
  start(id + 1, 101, `downloading '${narinfo(cache, i)}'`, [narinfo(cache, i)], id),
];
const over = (id: number) => [stop(id + 1), stop(id)];
const unable = (i: number, said: string) => `unable to download '${narinfo(dead, i)}': ${said}`;

/** Ten at a time, five attempts of five seconds each; the good one answers at once. */
function asks(said = 'Timeout was reached (28)', attemptSec = 5) {
  return (second: number) => {
    const documents: object[] = [];
    const round = Math.floor(second / (5 * attemptSec));
    const within = second % (5 * attemptSec);
    const numbers = Array.from({ length: 10 }, (_, i) => round * 10 + i + 1);
    if (round >= 20) return { says: [] };
    for (const i of numbers) {
      if (within === 0) {
        if (round > 0) documents.push(...over(10 * (i - 10)));
        documents.push(...query(10 * i, dead, i), ...query(10 * i + 5, good, i), ...over(10 * i + 5));
      } else if (within % attemptSec === 0)
        documents.push(
          say(`warning: ${unable(i, said)}; retrying in 250 ms (attempt ${within / attemptSec}/5)`, 1),
        );
    }
    return { says: documents };
  };
}

describe('a cache that is dead', () => {
  test('is told within half a minute', () => {
    const first = firstFound('cache', 60, asks());
    expect(first).not.toBeNull();
    expect(first).toBeLessThanOrEqual(30);
  });

  test('with what it was asked, what came, and what it cost', () => {
    const { findings, texts, hypothesis, remedies } = findIn('cache', 499, asks());
    expect(texts).toEqual([
      'dead.example: no answer in time, 8 min 19 s of this rebuild lost, 200 of 200 questions without an answer, 8 min',
    ]);
    expect(findings).toMatchObject([
      {
        subject: { kind: 'cache', cache: dead },
        level: 'warning',
        state: 'confirmed',
        found: { kind: 'cache-trouble', why: 'timeout', asked: 200, answered: 0, lostSec: 499, open: 10 },
        probe: 'cache',
      },
    ]);
    expect(findings[0]?.evidence).toContainEqual(
      expect.objectContaining({ field: 'rebuilds.peers.lost', value: 499, unit: 's' }),
    );
    expect(hypothesis).toMatchObject({ id: 'cache', state: 'confirmed' });
    expect(remedies[0]).toBe('command nix store info --store https://dead.example');
    // Who shows it says whether it takes root.
    expect(remedies.join()).toContain('command nixos-rebuild switch --option connect-timeout 1');
  });

  test('a server that takes the connection and says nothing', () => {
    const { texts } = findIn('cache', 50, (second) => ({ says: second === 0 ? query(10, dead, 1) : [] }));
    expect(texts).toEqual([
      'dead.example: no answer in time, 50 s of this rebuild lost, 1 of 1 question without an answer, 50 s',
    ]);
  });

  test('one that refuses at once costs nothing, and is worth knowing', () => {
    const refused = 'Failed to connect to dead.example port 80: Connection refused (7)';
    const { findings, texts } = findIn('cache', 40, (second) => ({
      says: second === 0 ? [...query(10, dead, 1), error(unable(1, refused)), ...over(10)] : [],
    }));
    expect(findings).toMatchObject([{ level: 'ok' }]);
    expect(texts).toEqual(['dead.example: connection refused, 1 of 1 question without an answer, 40 s']);
  });

  test.each([
    ['HTTP error 502 (curl error: Timeout)', 502, 'http'],
    ['Failed to resolve host dead.example with timeout after 5427 ms', null, 'resolver'],
    ['Resolving timed out after 5000 milliseconds (28)', null, 'resolver'],
    ["Couldn't resolve host name (6) Could not resolve host: dead.example", null, 'unresolved'],
    ['SSL peer certificate or SSH remote key was not OK (60)', null, 'tls'],
    ['Timeout was reached (28) Operation timed out after 5001 milliseconds', null, 'timeout'],
    ['Some word that nobody knows', null, 'other'],
  ])('%s', (text, httpStatus, why) => {
    expect(troubleOf({ text, httpStatus })).toBe(why);
  });

  test('DNS is not called down where the resolver within Nix gave up', () => {
    const { texts } = findIn(
      'cache',
      60,
      asks('Failed to resolve host dead.example with timeout after 5427 ms'),
    );
    expect(texts[0]).toContain('the resolver within Nix timed out');
    expect(texts[0]).not.toContain('DNS');
  });
});

const nar = (cache: string, i: number) => `${cache}/nar/${hashOf(i)}.nar.xz`;
const fetches = (id: number, cache: string, i: number) => [
  start(id, 108, `fetching '${pathOf(i)}' from '${cache}'`, [pathOf(i), cache]),
  start(id + 1, 100, `copying path '${pathOf(i)}' from '${cache}'`, [pathOf(i), cache, 'local'], id),
  start(id + 2, 101, `downloading '${nar(cache, i)}'`, [nar(cache, i)], id + 1),
];
/** Of so many bytes a second, up to a second. */
const download =
  (speed: number, until = Number.POSITIVE_INFINITY, size = 8e9) =>
  (second: number) => ({
    says:
      second === 0
        ? fetches(1, good, 1)
        : second <= until
          ? [progress(3, Math.min(size, second * speed), size, 0, 0)]
          : [],
  });

describe('a transfer', () => {
  test('that stands is told after two minutes, with its last byte', () => {
    const scene = download(5e6, 60, 410e6);
    expect(firstFound('cache', 300, scene)).toBe(180);
    const { findings, texts, remedies } = findIn('cache', 400, scene);
    expect(texts).toEqual(['likely: no byte from good.example of thing-1, 286M of 391M, 6 min']);
    expect(findings).toMatchObject([{ level: 'critical', subject: { kind: 'cache', cache: good } }]);
    expect(remedies).toContain('key cancel');
  });

  test('beside others that go on is a warning', () => {
    const { findings } = findIn('cache', 300, (second) => ({
      says: [
        ...download(5e6, 60, 410e6)(second).says,
        ...(second === 0 ? fetches(11, good, 2) : [progress(13, second * 5e6, 8e9, 0, 0)]),
      ],
    }));
    expect(findings).toMatchObject([{ level: 'warning', found: { kind: 'transfer-stalled', transfers: 1 } }]);
  });

  test('of a kilobyte a second crawls: it is not dead', () => {
    const { findings, texts } = findIn('cache', 400, download(1000));
    expect(findings).toMatchObject([
      { level: 'warning', found: { kind: 'transfer-stalled', bytesPerSec: 1000 } },
    ]);
    expect(texts[0]).toContain('at no more than 1.0K/s');
  });

  test.each([
    ['8 GB at 1 MB/s', 8000, download(1e6), 5],
    ['many small ones at 100 kB/s', 600, download(1e5), 1],
    ['one that came whole and is unpacked', 900, download(5e6, 90, 410e6), 1],
    [
      'one that waits for a connection of its own',
      900,
      (second: number) => ({
        says: [...download(1e6)(second).says, ...(second === 0 ? fetches(11, good, 2) : [])],
      }),
      1,
    ],
    [
      'one that pauses for a minute and a half',
      600,
      (second: number) => ({
        says: second === 0 ? fetches(1, good, 1) : [progress(3, Math.floor(second / 90) * 5e6, 8e9, 0, 0)],
      }),
      1,
    ],
    [
      'a fetch that waits for a slot',
      900,
      (second: number) => ({
        says:
          second === 0 ? [start(1, 108, `fetching '${pathOf(1)}' from '${good}'`, [pathOf(1), good])] : [],
      }),
      1,
    ],
    [
      "a fetch that waits for another client's",
      900,
      (second: number) => ({
        says:
          second === 0
            ? [say("waiting for another Nix process to finish fetching input 'github:NixOS/nixpkgs'...", 0)]
            : [],
      }),
      1,
    ],
  ])('%s: nothing is wrong', (_, seconds, scene, everySec) => {
    expect(firstFound('cache', seconds, scene, () => true, { everySec })).toBeNull();
    // A log that asks no cache rules none out.
    expect(findIn('cache', seconds, scene, { everySec }).hypothesis.state).toMatch(/^(?:refuted|unlikely)$/);
  });
});

describe('an evaluation that copies a source', () => {
  const source = '«github:NixOS/nixpkgs/1a2b3c»/-source';
  const copies =
    (readPerSec: (second: number) => number, cpuTicks: (second: number) => number) => (second: number) => ({
      says: second === 0 ? [start(7, 0, `copying '${source}' to the store`)] : [],
      processes: [
        client(150, {
          comm: 'nix',
          facts: { argv: ['nix', 'build', '.#x'] },
          readBytes: readPerSec(second),
          userTicks: cpuTicks(second),
          ...asleepIn(null, second),
        }),
        process({ pid: 50, comm: 'bash' }),
      ],
    });

  test('and reads says how much', () => {
    const { findings, texts } = findIn(
      'cache',
      45,
      copies(
        (s) => s * 40_000_000,
        (s) => s * 10,
      ),
    );
    expect(texts).toEqual([`evaluation copies ${source} to the store, 1.7G read, still moving, 45 s`]);
    expect(findings).toMatchObject([{ level: 'ok', state: 'confirmed' }]);
  });

  test('and does not is stuck after two minutes', () => {
    const stands = copies(
      (s) => Math.min(s, 20) * 10_000_000,
      (s) => Math.min(s, 20) * 10,
    );
    const { findings, texts } = findIn('cache', 260, stands);
    expect(texts).toEqual([
      `likely: evaluation copies ${source} to the store, 191M read, and nothing moves, 4 min`,
    ]);
    expect(findings).toMatchObject([{ level: 'critical' }]);
  });

  test('for a moment is none', () => {
    expect(
      firstFound(
        'cache',
        25,
        copies(
          (s) => s,
          () => 0,
        ),
        () => true,
      ),
    ).toBeNull();
  });
});

test('without a log nothing is known', () => {
  const { hypothesis } = findIn('cache', 5, () => ({ processes: [client(150)] }));
  expect(hypothesis).toMatchObject({ state: 'untested', ground: { untested: { kind: 'log' } } });
});
