/** One session of ssh and what is asked beside it: how each of them ends, on a made-up clock. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { readDeployFacts } from '../../../src/probes/check/deploy-facts.ts';
import { targetCommand } from '../../../src/probes/check/target-script.ts';
import { readWantedSystem } from '../../../src/probes/check/wanted-system.ts';
import { createFakePorts, settled } from '../../support/fake-ports.ts';
import type { FakeStream } from '../../support/fake-spawn.ts';
import { ourKey } from '../../support/wanted-system.ts';

const report = readFileSync(new URL('../../fixtures/target/installer.txt', import.meta.url), 'utf8').split(
  '\n',
);
const entered = '2>Authenticated to 10.0.0.5 ([10.0.0.5]:22) using "publickey".';
/** Of `ourKey`: `ssh-keygen -lf`. */
const fingerprint = 'SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA';

interface Answers {
  readonly session: FakeStream;
  readonly resolved?: readonly string[];
  readonly ping?: FakeStream;
  readonly keys?: readonly string[];
}

function machine({ session, resolved = ['hostname 10.0.0.5'], ping = { exitCode: 0 }, keys = [] }: Answers) {
  const ports = createFakePorts();
  ports.spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  ports.spawn.onStream = (file, args) => {
    const words = [file, ...args];
    if (words.includes('-G')) return { lines: resolved };
    if (words.includes('ping')) return ping;
    if (words.includes('ssh')) return session;
    return { lines: words.includes('ssh-add') ? keys : [] };
  };
  const cancel = new AbortController();
  const context = { ports, cancelled: cancel.signal, stateDirectory: undefined, progress() {} };
  const read = () => readDeployFacts({ host: 'root@web', flake: null, evaluation: true }, context);
  const calls = () => ports.spawn.calls.map(({ file, args }) => [file, ...args]);
  return { ports, context, read, calls, cancel: () => cancel.abort() };
}

test('what it says is read, and one session is all that it takes', async () => {
  const { read, calls } = machine({ session: { lines: [entered, 'hello from .bashrc', ...report] } });
  const facts = await read();
  expect(facts.reach).toEqual(ok({ sec: 0, said: null }));
  expect(facts.target).toMatchObject({ ok: true, value: { variant: 'installer' } });
  expect(facts.ping).toEqual(ok({ address: '10.0.0.5', answered: true }));
  expect(facts.configuration).toBeNull();
  const sessions = calls().filter((words) => words.includes(targetCommand));
  expect(sessions).toHaveLength(1);
  expect(sessions[0]?.slice(-3)).toEqual(['--', 'root@web', targetCommand]);
  expect(sessions[0]).toEqual(expect.arrayContaining(['BatchMode=yes', 'ControlMaster=no']));
});

test('the key that it took, by its fingerprint', async () => {
  const took = `2>debug1: Server accepts key: me@here ED25519 ${fingerprint} agent`;
  const key = `ssh-ed25519 ${ourKey.blob} me@here`;
  const { read } = machine({ session: { lines: [took, entered, ...report] }, keys: [key] });
  expect((await read()).keys).toEqual({ used: ourKey, offered: [ourKey] });
  const other = machine({ session: { lines: [took, entered, ...report] }, keys: [] });
  expect((await other.read()).keys).toEqual({ used: null, offered: [] });
});

describe('how a session ends', () => {
  test('refused', async () => {
    const said = 'root@web: Permission denied (publickey).';
    const { read } = machine({ session: { lines: [`2>${said}`], exitCode: 255 } });
    const facts = await read();
    expect(facts.reach).toMatchObject({ value: { said } });
    expect(facts.target).toMatchObject({ ok: false });
  });

  test('a shell that is none', async () => {
    const said = 'This account is currently not available.';
    const { read } = machine({ session: { lines: [entered, said], exitCode: 1 } });
    const facts = await read();
    expect(facts.reach).toMatchObject({ value: { said: null } });
    expect(facts.target).toMatchObject({ ok: false, problem: { kind: 'malformed', cause: said } });
  });

  test('nobody answers until the deadline', async () => {
    const { ports, read } = machine({ session: { endless: true } });
    const reading = read();
    await settled();
    await settled();
    ports.clock.advance(60_000);
    expect((await reading).reach).toMatchObject({ value: { said: 'timed out: no answer in 60 s' } });
  });

  test('it let us in, and its shell does not begin', async () => {
    const { ports, read } = machine({ session: { lines: [entered], endless: true } });
    const reading = read();
    await settled();
    await settled();
    ports.clock.advance(60_000);
    const facts = await reading;
    expect(facts.reach).toMatchObject({ value: { said: null } });
    expect(facts.target).toMatchObject({ ok: false, problem: { kind: 'timeout' } });
  });

  test('cancelled: it ends', async () => {
    const { read, cancel, ports } = machine({ session: { endless: true } });
    const reading = read();
    await settled();
    await settled();
    cancel();
    await reading;
    expect(ports.spawn.calls.filter(({ args }) => args.includes(targetCommand))[0]?.cancelled).toBe(true);
  });
});

describe('ping', () => {
  const session = { lines: [entered, ...report] };

  test.each<[string, FakeStream, object]>([
    ['no answer', { exitCode: 1 }, { ok: true, value: { answered: false } }],
    [
      'no route',
      { exitCode: 2, lines: ['2>ping: connect: Network is unreachable'] },
      { value: { answered: false } },
    ],
    ['no right', { exitCode: 2, lines: ['2>ping: socket: Operation not permitted'] }, { ok: false }],
  ])('%s', async (_, ping, expected) => {
    expect((await machine({ session, ping }).read()).ping).toMatchObject(expected);
  });

  test('through another machine it would say nothing', async () => {
    const { read, calls } = machine({ session, resolved: ['hostname web', 'proxyjump bastion'] });
    expect((await read()).ping).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
    expect(calls().some((words) => words.includes('ping') && words.includes('-c'))).toBe(false);
  });
});

test.each([
  ['root@web.example.org', '/config#web'],
  ['ssh://root@web:2222', '/config#web'],
  ['root@10.0.0.5', null],
  ['root@fd00::5', null],
])('the configuration of %s, where --flake names none', async (host, configuration) => {
  const { context } = machine({ session: { lines: [entered, ...report] } });
  const wanted = await readWantedSystem('git+file:///config', host, context);
  const text = configuration === null ? null : configuration.replace('/config', 'git+file:///config');
  if (text === null)
    expect(wanted).toMatchObject({ ok: false, problem: { cause: expect.stringContaining('#NAME') } });
  else expect(wanted).toMatchObject({ ok: true, value: { run: { configuration: text } } });
});
