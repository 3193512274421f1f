/** Programs beside the session that never answer: what is known without them is told. */
import { expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { readDeployFacts } from '../../../src/probes/check/deploy-facts.ts';
import { createFakePorts } from '../../support/fake-ports.ts';
import { createFakeSpawn, type FakeStream } from '../../support/fake-spawn.ts';

/** Until it has come back the clock goes on, a second a turn of the loop. */
async function told<T>(promise: Promise<T>, pass: () => void): Promise<T> {
  let isBack = false;
  void promise.finally(() => {
    isBack = true;
  });
  for (let turn = 0; !isBack && turn < 500; turn += 1) {
    await new Promise(setImmediate);
    pass();
  }
  return promise;
}

const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@here';

/** Programs as they answer; who is not named never does. */
function asked(answers: Readonly<Record<string, FakeStream>>) {
  const spawn = createFakeSpawn();
  spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = (file, args) => {
    const words = [file, ...args].join(' ');
    const known = Object.entries(answers).find(([name]) => words.includes(name));
    return known?.[1] ?? { endless: true };
  };
  const ports = { ...createFakePorts(), spawn };
  const cancelled = new AbortController().signal;
  const context = { ports, cancelled, stateDirectory: undefined, progress() {} };
  const facts = readDeployFacts({ host: 'web', flake: null, evaluation: false }, context);
  return told(facts, () => ports.clock.advance(1000));
}

const named = { lines: ['hostname 10.0.0.5', 'identityfile ~/.ssh/id_ed25519'] };

test('an agent that does not answer is left alone, and keys of files count', async () => {
  const facts = await asked({ 'ssh -G': named, 'sh -c for f': { lines: [ed25519] } });
  expect(facts.keys.offered.map(({ comment }) => comment)).toEqual(['me@here']);
});

test('a name server that does not answer makes no ping, and the rest is told', async () => {
  const facts = await asked({ 'ssh -G': named, 'ssh-add': { lines: [ed25519] } });
  expect(facts.ping).toMatchObject({ ok: false, problem: { kind: 'timeout' } });
  expect(facts.keys.offered).toHaveLength(1);
});

test('a configuration of ssh that runs a program without end is waited for as long as it may take', async () => {
  const facts = await asked({});
  expect(facts.ping).toMatchObject({ ok: false, problem: { cause: 'the address is not known' } });
  expect(facts.reach).toMatchObject({ ok: true, value: { said: 'timed out: no answer in 60 s' } });
});
