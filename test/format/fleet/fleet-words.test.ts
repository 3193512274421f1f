import { describe, expect, test } from 'vitest';
import { jsonDocument } from '../../../src/base/json-text.ts';
import { sharedDomain } from '../../../src/format/fleet/fleet-columns.ts';
import { fleetDocument } from '../../../src/format/fleet/fleet-json.ts';
import { fleetText, nobody } from '../../../src/format/fleet/fleet-text.ts';
import {
  alertsWords,
  cachesWords,
  findingTitle,
  rebuildWords,
} from '../../../src/format/fleet/fleet-words.ts';
import { askedProblem, sshEndText } from '../../../src/format/fleet/problem-words.ts';
import { noPaint } from '../../../src/format/paint.ts';
import { deriveFleet } from '../../../src/model/fleet/derive-fleet.ts';
import type { FleetCaches, FleetRebuild } from '../../../src/model/fleet/machine.ts';
import { answersOf, everyState, now } from '../../support/fleet-answers.ts';
import { expectGolden } from '../../support/golden.ts';

const fleet = deriveFleet(everyState);
const style = { paint: noPaint, unicode: true };

test('as plain text', () => {
  expectGolden('fleet-plain-160', fleetText(fleet, 160, style).trimEnd());
  expect(fleetText(deriveFleet(answersOf({})), 80, style)).toBe(`${nobody}\n`);
});

test('as a document: null where nobody knows', () => {
  expectGolden('fleet-json', jsonDocument(fleetDocument(fleet, 'http://mon:9090/')));
});

const idle: FleetRebuild = {
  ...{ underWay: 0, running: 0, verdict: null, builds: null, done: null, failed: null, ageSec: null },
};

test.each([
  [null, '–'],
  [{ ...idle, underWay: null, running: null }, '–'],
  [idle, 'idle'],
  [{ ...idle, underWay: null }, 'idle'],
  [{ ...idle, running: 1, verdict: 'slow' as const }, 'slow 1 build'],
  [{ ...idle, underWay: 1, builds: 57, done: 34, failed: 0, ageSec: 60 }, 'begun 34/57 1:00'],
  [{ ...idle, underWay: 1, builds: 57, done: null, failed: 2, ageSec: 60 }, 'begun –/57 2 failed 1:00'],
  [{ ...idle, underWay: 1, verdict: 'stuck' as const, ageSec: 60 }, 'STUCK 1:00'],
  [{ ...idle, verdict: 'waiting' as const }, 'waiting'],
])('a rebuild %j: %s', (rebuild, text) => {
  expect(rebuildWords(rebuild).text).toBe(text);
});

describe('caches', () => {
  test.each<[FleetCaches | null, string]>([
    [null, '–'],
    [{ failed: [], working: 0, ageSec: null }, '–'],
    [{ failed: [], working: 1, ageSec: 60 }, 'ok'],
    [{ failed: ['hit'], working: 1, ageSec: 60 }, 'not fetched'],
    [{ failed: ['cache', 'builders'], working: 0, ageSec: null }, 'cache gone, builders fail'],
    [{ failed: [], working: 3, ageSec: 7200 }, 'ok, 2 h old'],
  ])('%j: %s', (caches, text) => {
    expect(cachesWords(caches).text).toBe(text);
  });
});

test('alerts without names are counted all the same', () => {
  expect(alertsWords({ firing: 3, named: [] }).text).toBe('3');
});

test('a finding of a newer version, or with the name of a part of every object, is called as it calls itself', () => {
  const finding = { hypothesis: 'h', level: 'warning', state: 'confirmed' } as const;
  expect(findingTitle({ ...finding, kind: 'of-next-year' })).toBe('of-next-year');
  expect(findingTitle({ ...finding, kind: 'toString' })).toBe('toString');
  expect(findingTitle({ ...finding, kind: 'build-stuck', state: 'possible' })).toBe(
    'possible: a build is stuck',
  );
});

test.each([
  [['a.x.org', 'b.x.org'], '.x.org'],
  [['a.x.org', 'b.y.org'], '.org'],
  [['a.x.org', 'b'], ''],
  [['10.0.0.1', '10.1.0.1'], ''],
  [['a.x.org'], ''],
  [['a.x.org', '.x.org'], '.org'],
  [[], ''],
])('%j share %j', (names, domain) => {
  const [machine] = deriveFleet(answersOf({ told: [now('a:1')] })).machines;
  if (machine === undefined) throw new Error('there is none');
  expect(sharedDomain(names.map((name) => ({ ...machine, name })))).toBe(domain);
});

test('why it cannot be asked, in one line', () => {
  expect(askedProblem({ kind: 'timeout', where: 'mon:9090', cause: 'no answer within 8 s' })).toBe(
    'mon:9090: no answer within 8 s',
  );
  const refused = { kind: 'gone', where: 'mon:9090', cause: 'mon:9090 refuses the connection' } as const;
  expect(askedProblem(refused)).toBe('mon:9090 refuses the connection');
  expect(askedProblem({ ...refused, cause: 'proxy:3128 refuses the connection' })).toBe(
    'mon:9090: proxy:3128 refuses the connection',
  );
  expect(askedProblem({ kind: 'denied', where: 'token' })).toBe('token: it may not be read');
});

describe('how a visit ended', () => {
  const end = { exitCode: 0, signal: null, error: null, said: '' };
  test.each([
    [end, null],
    [{ ...end, exitCode: 130 }, null],
    [{ ...end, exitCode: null, signal: 'SIGINT' }, null],
    [{ ...end, exitCode: null, signal: 'SIGKILL' }, 'ssh to web-1 was ended by SIGKILL'],
    [{ ...end, exitCode: null, error: 'spawn ssh ENOENT' }, 'ssh cannot be started: spawn ssh ENOENT'],
    [
      { ...end, exitCode: 127, said: 'Connection to web-1 closed.\r\n' },
      'web-1: nixpulse is not found there',
    ],
    [{ ...end, exitCode: 3 }, 'web-1: nixpulse ended there with 3'],
    [{ ...end, exitCode: 255 }, 'web-1: ssh has failed and does not say why'],
    [
      { ...end, exitCode: 255, said: 'Hello!\r\nssh: connect to host web-1 port 22: Connection refused\r\n' },
      'web-1: connect to host web-1 port 22: Connection refused',
    ],
    [{ ...end, exitCode: 255, said: '\u001b[31mgone\u0007\nConnection to web-1 closed.\n' }, 'web-1: gone'],
  ])('%j: %s', (how, text) => {
    expect(sshEndText('web-1', how)).toBe(text);
  });
});
