import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { parseActiveStates } from '../../src/parse/systemctl-show.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type AskedUnit, createUnitStates } from '../../src/probes/unit-states.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const settle = () => new Promise(setImmediate);
const block = (active: string, load = 'loaded') => `LoadState=${load}\nActiveState=${active}\n`;

test('what runs, what does not, and what nobody knows', () => {
  const states = ['active', 'activating', 'reloading', 'inactive', 'failed', 'deactivating', 'new'];
  const text = [...states.map((one) => block(one)), block('inactive', 'not-found'), 'torn'].join('\n');
  expect(parseActiveStates(text)).toEqual([true, true, true, false, false, null, null, null, null]);
});

function start(outputs: readonly string[], answers: (asks: string) => Promise<boolean> = async () => true) {
  const clock = createFakeClock();
  const runs: (readonly string[])[] = [];
  const spawn = {
    async run(file: string, args: readonly string[]) {
      const stdout = outputs[Math.min(runs.length, outputs.length - 1)] ?? '';
      runs.push([file, ...args]);
      if (stdout === 'gone') return fail('gone', file);
      return ok({ exitCode: 0, signal: null, stdout, stderr: '' });
    },
  };
  const files = { live: true };
  const units = createUnitStates({ spawn, files, clock } as never, answers);
  return {
    ...{ clock, runs, units },
    async look(asked: readonly AskedUnit[], short = false) {
      units.looked(asked, short);
      await settle();
      return units.states;
    },
  };
}
const a: AskedUnit = { unit: 'a.service', asks: null };
const b: AskedUnit = { unit: 'b.service', asks: '/run/b' };

test('one program for all of them, each five seconds, and never while memory is short', async () => {
  const { clock, runs, look } = start([`${block('active')}\n${block('failed')}`]);
  expect(await look([a, b], true)).toEqual([]);
  expect(await look([a, b])).toEqual([
    { unit: 'a.service', active: true, answers: null },
    { unit: 'b.service', active: false, answers: null },
  ]);
  clock.advance(4000);
  await look([a, b]);
  expect(runs).toEqual([
    ['systemctl', 'show', '--no-pager', '--property=LoadState,ActiveState', '--', 'a.service', 'b.service'],
  ]);
  clock.advance(1000);
  await look([a, b], true);
  expect(runs).toHaveLength(1);
  await look([a, b]);
  expect(runs).toHaveLength(2);
});

test('one that runs and does not answer; where there is no systemd nothing is known', async () => {
  const silent = start([block('active')], async () => false);
  expect(await silent.look([b])).toEqual([{ unit: 'b.service', active: true, answers: false }]);
  const none = start(['gone']);
  expect(await none.look([a])).toEqual([{ unit: 'a.service', active: null, answers: null }]);
});

test('what was seen long ago is not known now', async () => {
  const { clock, look, units } = start([block('active')]);
  await look([a]);
  expect(units.states).toHaveLength(1);
  clock.advance(60_000);
  expect(units.states).toEqual([]);
});

test('nothing is started where nothing is named', async () => {
  const { runs, look } = start(['']);
  await look([]);
  expect(runs).toEqual([]);
});

test('a real socket that takes a connection, a real server below 500, and those that do not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nixpulse-units-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'socket');
  const sockets = createSocketServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => sockets.listen(path, resolve));
  onTestFinished(() => void sockets.close());
  const server = createServer(({ url }, response) => response.writeHead(url === '/broken' ? 503 : 404).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asks = [path, join(folder, 'nobody'), address, `${address}/broken`, 'http://127.0.0.1:1'];
  const asked = asks.map((one, at) => ({ unit: `${at}.service`, asks: one }));
  const stdout = asks.map(() => block('active')).join('\n');
  const spawn = { run: async () => ok({ exitCode: 0, signal: null, stdout, stderr: '' }) };
  const units = createUnitStates({ spawn, files: { live: true }, clock: systemClock } as never);
  units.looked(asked, false);
  await expect
    .poll(() => units.states.map(({ answers }) => answers), { timeout: 15_000 })
    .toEqual([true, false, true, false, false]);
});
