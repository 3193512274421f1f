import { expect, test } from 'vitest';
import { buildsOfClients, createOwnClients } from '../../../src/modes/watch/own-clients.ts';
import { createFakeFiles } from '../../support/fake-files.ts';
import { clientOf } from '../../support/followed-fixture.ts';
import { buildOf } from '../../support/model-fixture.ts';

/** proc_pid_stat(5), of which pid, parent and start time count here. */
const stat = (pid: number, ppid: number) =>
  `${pid} (sh) S ${ppid} 1 1 0 -1 4194304 1 0 0 0 1 1 0 0 20 0 1 0 ${pid * 10} 1 1 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n`;
const parents = (...pairs: readonly (readonly [number, number])[]) =>
  createFakeFiles(Object.fromEntries(pairs.map(([pid, ppid]) => [`/proc/${pid}/stat`, stat(pid, ppid)])));

test('the client itself, one below a script, and none of others', () => {
  const files = parents([100, 1], [110, 100], [120, 110], [200, 1]);
  const ownClients = createOwnClients(files, 100);
  const clients = [clientOf(120, 'nix build'), clientOf(200, 'nix build'), clientOf(100, 'nix-build')];
  expect(ownClients({ clients })).toEqual(new Set([120, 100]));
});

test('asked once: who is orphaned later is ours all the same, and a number is no name', () => {
  const files = parents([100, 1], [120, 100]);
  const ownClients = createOwnClients(files, 100);
  const client = clientOf(120, 'nix build');
  expect(ownClients({ clients: [client] })).toEqual(new Set([120]));
  files.set('/proc/120/stat', stat(120, 1));
  expect(ownClients({ clients: [client] })).toEqual(new Set([120]));
  expect(ownClients({ clients: [{ ...client, startTime: 99_999 }] })).toEqual(new Set());
});

test('a loop, a process that is gone, and no command at all end the search', () => {
  const looping = parents([120, 121], [121, 120]);
  expect(createOwnClients(looping, 100)({ clients: [clientOf(120, 'nix build')] })).toEqual(new Set());
  const gone = createOwnClients(createFakeFiles(), 100);
  expect(gone({ clients: [clientOf(120, 'nix build')] })).toEqual(new Set());
  expect(createOwnClients(looping, null)({ clients: [clientOf(120, 'nix build')] })).toEqual(new Set());
});

test('their builds here, the heaviest first', () => {
  const clients = [clientOf(120, 'nix build')];
  const builds = [
    buildOf({ pid: 1, clientPid: 120, residentBytes: 1 }),
    buildOf({ pid: 2, clientPid: 120, residentBytes: 3 }),
    buildOf({ pid: 3, clientPid: 999, residentBytes: 9 }),
    buildOf({ pid: 4, clientPid: 120, residentBytes: 9, host: 'big-arm' }),
    buildOf({ pid: 5, clientPid: null, residentBytes: 9 }),
  ];
  expect(buildsOfClients({ builds, clients }, new Set([120])).map(({ pid }) => pid)).toEqual([2, 1]);
  expect(buildsOfClients({ builds, clients }, new Set())).toEqual([]);
});
