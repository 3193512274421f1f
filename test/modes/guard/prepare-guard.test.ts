/** A guard of this machine from its beginning on: what it touches of what others have left. */
import { expect, test } from 'vitest';
import { lower } from '../../../src/actions/lower.ts';
import { defaultFlags } from '../../../src/cli/table.ts';
import { prepareGuard } from '../../../src/modes/guard/prepare-guard.ts';
import type { Given } from '../../../src/modes/mode.ts';
import type { SourceSet } from '../../../src/watch/sources.ts';
import { createFakeMachine, ownStat, root, target } from '../../support/fake-machine.ts';
import { niceOf, setThreads } from '../../support/threads.ts';

async function begin(readOnly: boolean) {
  const machine = createFakeMachine();
  for (const pid of [root, 301, 302]) setThreads(machine, pid);
  const context = { ...machine.context, stateDirectory: '/state/nixpulse' };
  await machine.run(lower({ type: 'lower', targets: [target] }, context));
  machine.ports.ownFiles.texts.set('/etc/nixpulse/config.toml', '[guard]\ndry-run = false\n');
  // Whoever did it is gone.
  machine.ports.files.set('/proc/4242/stat', ownStat({ startTime: 888 }));
  let started = 0;
  const child = { pid: 5, unref() {}, once() {}, stdin: { on() {}, end() {} } };
  const given = {
    invocation: { ...defaultFlags, command: 'guard', operand: null, readOnly },
    ports: machine.ports,
    environment: { XDG_STATE_HOME: '/state' },
    hardening: {
      asUsual() {
        started += 1;
        return child;
      },
    },
    process: { env: {}, argv: ['node', 'nixpulse'], execArgv: [], stdin: {}, stderr: { write() {} } },
    complain() {},
  } as unknown as Given;
  const sources = {
    readForest: machine.context.readForest,
    guards: { tell() {} },
  } as unknown as SourceSet;
  const prepared = await prepareGuard(given, sources);
  if (!prepared.ok) throw new Error(prepared.lines.join('\n'));
  const guard = prepared.begin({ entry() {} });
  for (let turn = 0; turn < 50; turn += 1) {
    machine.ports.clock.advance(20);
    await new Promise(setImmediate);
  }
  const nice = niceOf(machine, root);
  await guard.end();
  return { nice, started };
}

test('what one that is gone has left is undone, and somebody waits for our own end', async () => {
  expect(await begin(false)).toEqual({ nice: 0, started: 1 });
});

test('who may only look changes nothing, and leaves nobody who would', async () => {
  expect(await begin(true)).toEqual({ nice: 19, started: 0 });
});
