import { expect, test } from 'vitest';
import { lower } from '../../src/actions/lower.ts';
import { defaultFlags } from '../../src/cli/table.ts';
import type { Given } from '../../src/modes/mode.ts';
import { undoLeftBehind } from '../../src/modes/undo-left-behind.ts';
import { createFakeMachine, type FakeMachine, ownStat, root, target } from '../support/fake-machine.ts';
import { niceOf, setThreads } from '../support/threads.ts';

async function left(): Promise<FakeMachine> {
  const machine = createFakeMachine();
  for (const pid of [root, 301, 302]) setThreads(machine, pid);
  const context = { ...machine.context, stateDirectory: '/state/nixpulse' };
  await machine.run(lower({ type: 'lower', targets: [target] }, context));
  // Whoever did it is gone.
  machine.ports.files.set('/proc/4242/stat', ownStat({ startTime: 888 }));
  return machine;
}

async function undo(machine: FakeMachine, readOnly = false): Promise<string[]> {
  const said: string[] = [];
  const given = {
    invocation: { ...defaultFlags, command: 'record', operand: null, readOnly },
    ports: machine.ports,
    environment: { XDG_STATE_HOME: '/state' },
    complain: (line: string) => void said.push(line),
  } as unknown as Given;
  await machine.run(undoLeftBehind(given, machine.context.readForest));
  return said;
}

test('is put back, said, and written into the journal', async () => {
  const machine = await left();
  expect(await undo(machine)).toEqual([expect.stringMatching(/^restored hello-1\.0/)]);
  expect(niceOf(machine, root)).toBe(0);
  expect(machine.ports.ownFiles.texts.get('/state/nixpulse/journal.jsonl')).toContain('restore hello-1.0');
  expect(await undo(machine)).toEqual([]);
});

test('who may only look changes nothing', async () => {
  const machine = await left();
  expect(await undo(machine, true)).toEqual([]);
  expect(niceOf(machine, root)).toBe(19);
});
