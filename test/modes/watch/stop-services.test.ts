/** Services that stand still while a command runs: who starts them again, and until when. */
import { expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { defaultFlags } from '../../../src/cli/table.ts';
import type { Given } from '../../../src/modes/mode.ts';
import { stopServices } from '../../../src/modes/watch/stop-services.ts';
import { createFakeMachine } from '../../support/fake-machine.ts';

const result = { exitCode: 0, signal: null, stdout: '', stderr: '' };

/** `starts`: what becomes of `systemctl start`. */
async function stopAndStart(starts: 'done' | 'fails' | 'no program', silent = false) {
  const { ports } = createFakeMachine();
  const said: string[] = [];
  let active = true;
  let released = 0;
  ports.spawn.onRun = (_, [verb]) => {
    if (verb === 'show') return ok({ ...result, stdout: 'web.service\n' });
    if (verb === 'list-units' && silent && !active) return fail('timeout', 'systemctl');
    if (verb === 'list-units')
      return ok({ ...result, stdout: active ? 'web.service loaded active running Web\n' : '' });
    if (verb === 'stop') active = false;
    if (verb !== 'start' || starts === 'done') return ok(result);
    return starts === 'fails'
      ? ok({ ...result, exitCode: 1, stderr: 'Job failed.\n' })
      : fail('exhausted', 'systemctl');
  };
  const stdin = {
    on() {},
    end() {
      released += 1;
    },
  };
  const given = {
    invocation: { ...defaultFlags, yes: true },
    ports,
    environment: {},
    hardening: { asUsual: () => ({ pid: 5, unref() {}, once() {}, stdin }) },
    complain: (line: string) => void said.push(line),
  } as unknown as Given;
  const stopping = await stopServices(given, ['web']);
  if (stopping.kind !== 'stopped') throw new Error(stopping.message);
  expect(active).toBe(false);
  expect(released).toBe(0);
  await stopping.services.startAgain();
  return { said: silent ? said[0] : said.at(-1), released };
}

test('when they run, who waits for our end is sent away', async () => {
  expect(await stopAndStart('done')).toEqual({ said: 'started again: web.service', released: 1 });
});

test('what stopped with them is said not to be known where systemd does not answer', async () => {
  expect(await stopAndStart('done', true)).toEqual({
    said: 'systemd does not say what stopped with them: that is not started again',
    released: 1,
  });
});

test.each([
  ['fails', 'not all of web.service started again: Job failed.'],
  ['no program', 'not all of web.service started again: exhausted'],
] as const)('%s: who waits for our end tries again', async (starts, line) => {
  expect(await stopAndStart(starts)).toEqual({ said: line, released: 0 });
});
