/** What each cache was asked, what it answered, and what waiting for it cost. */
import { describe, expect, test } from 'vitest';
import { packState, unpackState } from '../../src/logs/checkpoint.ts';
import { answerSec } from '../../src/model/rebuild/answer-time.ts';
import { build, RebuildLog, say, start, stop } from '../support/rebuild-log.ts';

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
const retry = (i: number, attempt: number, why = 'Timeout was reached (28)') =>
  say(
    `warning: unable to download '${narinfo(dead, i)}': ${why}; retrying in 250 ms (attempt ${attempt}/5)`,
    1,
  );

/** 25 s for each question: five attempts of five seconds. */
function askDead(log: RebuildLog, i: number, fromMs: number): void {
  log.at(fromMs, ...query(10 * i, dead, i), ...query(10 * i + 5, good, i));
  log.at(fromMs + 80, ...over(10 * i + 5));
  for (const attempt of [1, 2, 3, 4]) log.at(fromMs + attempt * 5000, retry(i, attempt));
  log.at(fromMs + 25_000, ...over(10 * i));
}

describe('a cache that does not answer', () => {
  test('is told apart from one that does, with what it cost', () => {
    const log = new RebuildLog();
    for (let i = 0; i < 20; i += 1) askDead(log, i + 1, 1000 + i * 25_000);
    const { peers } = log.rebuild;
    expect(peers.get(dead)).toMatchObject({ asked: 20, answered: 0, unanswered: 20, retries: 80 });
    expect(peers.get(dead)?.lostMs).toBe(500_000);
    expect(peers.get(good)).toMatchObject({ asked: 20, answered: 20, unanswered: 0, lostMs: 0 });
    expect(answerSec({ answersMs: peers.get(good)?.answersMs ?? [] })).toBe(0.08);
    expect(answerSec({ answersMs: peers.get(dead)?.answersMs ?? [] })).toBeNull();
  });

  test('questions at once cost their time once', () => {
    const log = new RebuildLog();
    log.at(0, ...[1, 2, 3, 4].flatMap((i) => query(10 * i, dead, i)));
    for (const attempt of [1, 2, 3, 4]) log.at(attempt * 5000, ...[1, 2, 3, 4].map((i) => retry(i, attempt)));
    expect(log.rebuild.peers.get(dead)?.lostMs).toBe(20_000);
    log.at(25_000, ...[1, 2, 3, 4].flatMap((i) => over(10 * i)));
    expect(log.rebuild.peers.get(dead)).toMatchObject({ unanswered: 4, lostMs: 25_000 });
  });

  test('costs nothing for certain while something is built', () => {
    const log = new RebuildLog().at(0, build(1, 'long'), ...query(10, dead, 1));
    log.at(5000, retry(1, 1)).at(6000, stop(1)).at(10_000, retry(1, 2));
    expect(log.rebuild.peers.get(dead)?.lostMs).toBe(5000);
  });
});

test('one that answers when it is asked again has answered', () => {
  const log = new RebuildLog()
    .at(0, ...query(10, dead, 1))
    .at(5000, retry(1, 1))
    .at(6000, ...over(10));
  expect(log.rebuild.peers.get(dead)).toMatchObject({ answered: 1, unanswered: 0, lostMs: 6000 });
});

test('a cache in a directory of its server has its whole name', () => {
  const cache = 'https://host.example/nix/cache';
  const log = new RebuildLog().at(0, ...query(10, `${cache}/`, 1)).at(100, ...over(10));
  expect([...log.rebuild.peers.keys()]).toEqual([cache]);
});

test('it survives a checkpoint, and one of before has none of it', () => {
  const log = new RebuildLog();
  askDead(log, 1, 0);
  log.at(30_000, ...query(20, dead, 2));
  const packed = JSON.parse(JSON.stringify(packState(log.state))) as object;
  expect(unpackState(packed)).toEqual(log.state);
  const old = JSON.stringify(packed).replace(
    /,"asked":.*?"lostUntilMs":\w+|,"troubles":\d+,"givenUp":\w+/g,
    '',
  );
  const [rebuild] = unpackState(JSON.parse(old))?.rebuilds ?? [];
  expect(rebuild?.peers.get(dead)).toMatchObject({ retries: 4, asked: 0, lostMs: 0, answersMs: [] });
  expect([...(rebuild?.transfers.values() ?? [])]).toMatchObject([{ lookup: true, troubles: 0 }]);
});
