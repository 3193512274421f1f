import { describe, expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import type { ProbeValues } from '../../../src/model/diagnosis/probe-values.ts';
import { parseMachines } from '../../../src/parse/machines.ts';
import {
  type BuilderSeen,
  isKeptFrom,
  isMeant,
  judgeBuilder,
  type Try,
} from '../../../src/probes/cache-check/judge-builder.ts';

const linesOf = (text: string) => parseMachines(text).map((line) => ({ ...line, refused: null }));
const [box, mac, gpu] = linesOf(
  'ssh-ng://nix@box x86_64-linux - 2; ssh-ng://mac aarch64-darwin; ssh-ng://gpu x86_64-linux - 1 1 cuda cuda',
) as [BuilderSeen['line'], BuilderSeen['line'], BuilderSeen['line']];
const lines = [box, mac, gpu];

const declined: Try = {
  builder: null,
  complaints: new Map(),
  connecting: null,
  waits: false,
  restricted: false,
  error: 'unable to start any build',
  done: false,
  cut: false,
  sec: 4,
};
const built: Try = { ...declined, builder: box.address, done: true, error: null };
const hungUp = "cannot open connection to remote store 'ssh-ng://box': error: unexpected end-of-file";
const reached: ProbeValues['builder'] = {
  reachable: true,
  sec: 0.1,
  nixVersion: '2.34.8',
  trusted: true,
  systems: null,
  features: null,
  said: null,
};
const seen: BuilderSeen = {
  ...{ line: box, lines, wanted: 'x86_64-linux', offered: declined, used: false, own: null, isKept: false },
  ...{ reach: ok(reached), asNix: true, load: { busy: 0, waiting: 0 } },
};
const judge = (more: Partial<BuilderSeen>) => judgeBuilder({ ...seen, ...more });

describe('a builder is judged', () => {
  test('by what it built', () => {
    expect(judge({ offered: built, used: true })).toEqual({ trouble: null, said: null });
    // That it is not trusted does no harm, as was seen.
    const reach = ok({ ...reached, trusted: false });
    expect(judge({ own: built, offered: { ...built, builder: mac.address }, reach }).trouble).toBeNull();
    expect(judge({ reach })).toEqual({ trouble: 'untrusted', said: null });
  });

  test('by its line, where nobody took what it would not', () => {
    expect(judge({ line: mac, own: { ...built, builder: mac.address } }).trouble).toBe('system');
    expect(judge({ line: gpu, own: { ...built, builder: gpu.address } }).trouble).toBe('features');
    expect(judge({ line: mac, offered: built }).trouble).toBeNull();
    expect(judge({ line: { ...box, refused: 'x is no speed' } })).toEqual({
      trouble: 'refused',
      said: 'x is no speed',
    });
    const error = "bad machine specification: failed to convert column #4 in a row: 'x' to 'unsigned int'";
    expect(judge({ own: { ...declined, error } })).toEqual({ trouble: 'refused', said: error });
  });

  test('by its slots', () => {
    expect(judge({ load: { busy: 2, waiting: 0 } }).trouble).toBe('slots');
    expect(judge({ load: { busy: 1, waiting: 0 } }).trouble).toBeNull();
    expect(judge({ load: null, offered: { ...declined, waits: true, cut: true } }).trouble).toBe('slots');
    expect(judge({ line: { ...box, maxJobs: 0 }, load: null }).trouble).toBe('slots');
  });

  test('by what ssh says to Nix; by what it says to us where that is the same', () => {
    const complaints = new Map([[box.address, ['Host key verification failed.', hungUp]]]);
    expect(judge({ offered: { ...declined, complaints } })).toEqual({
      trouble: 'host-key',
      said: 'Host key verification failed.',
    });
    expect(judge({ line: gpu, offered: { ...built, complaints } }).trouble).toBeNull();
    const mute = { ...declined, complaints: new Map([[box.address, [hungUp]]]) };
    const reach = ok({ ...reached, reachable: false, said: 'nix@box: Permission denied (publickey).' });
    expect(judge({ offered: mute, reach }).trouble).toBe('login');
    expect(judge({ offered: mute, reach, asNix: false })).toEqual({ trouble: 'unreachable', said: hungUp });
    // Our own key says nothing of root's.
    expect(judge({ reach, asNix: false }).trouble).toBeNull();
  });

  test('by where it stood when its time was over', () => {
    const cut = { ...declined, cut: true, sec: 59.7 };
    expect(judge({ own: { ...cut, connecting: box.address } })).toEqual({
      trouble: 'unreachable',
      said: 'no connection within 60 s',
    });
    expect(judge({ own: { ...cut, builder: box.address } }).trouble).toBe('slow');
    expect(judge({ own: { ...built, done: false, error: 'builder failed with exit code 1' } }).trouble).toBe(
      'failed',
    );
  });

  test('not by a build that its daemon kept from it', () => {
    const elsewhere = { ...built, builder: mac.address };
    expect(judge({ own: elsewhere, isKept: true })).toEqual({
      trouble: null,
      said: expect.stringContaining('trusted user'),
    });
    const isKept = (own: Try, asNix = false) => isKeptFrom(box, own, { asNix });
    expect(isKept(elsewhere)).toBe(true);
    expect(isKept(built)).toBe(false);
    expect(isKept({ ...built, restricted: true }, true)).toBe(true);
    expect(isKept(declined)).toBe(true);
    expect(isKept(declined, true)).toBe(false);
    expect(isKept({ ...declined, waits: true })).toBe(false);
    expect(isKept({ ...declined, connecting: box.address })).toBe(false);
    expect(judge({ own: { ...declined, error: 'cannot connect' }, offered: null })).toEqual({
      trouble: null,
      said: 'cannot connect',
    });
  });
});

test('which line an address means', () => {
  const [plain, other, third] = linesOf('ssh-ng://a@box; ssh-ng://b@box?compress=true; ssh-ng://box2') as [
    BuilderSeen['line'],
    BuilderSeen['line'],
    BuilderSeen['line'],
  ];
  const among = [plain, other, third];
  const meant = (named: string) => among.filter((line) => isMeant(named, line, among));
  expect(meant('ssh-ng://a@box')).toEqual([plain]);
  expect(meant('ssh-ng://b@box?compress=true&ssh-key=/x')).toEqual([other]);
  expect(meant('ssh-ng://box2?x=y')).toEqual([third]);
  expect(meant('ssh-ng://box')).toEqual([plain, other]);
  expect(meant('ssh-ng://nobody')).toEqual([]);
  expect(isMeant(null, plain, among)).toBe(false);
});
