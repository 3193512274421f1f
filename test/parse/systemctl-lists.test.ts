import { expect, test } from 'vitest';
import { parseFailedUnits, parseJobs } from '../../src/parse/systemctl-lists.ts';

test('failed units, with and without a mark before them', () => {
  expect(
    parseFailedUnits([
      'nix-gc.service                        loaded failed failed Nix Garbage Collector',
      '● systemd-fsck@dev-disk-by\\x2duuid-1.service loaded failed failed File System Check on /dev/disk',
      'mnt-backup.mount not-found failed failed mnt-backup.mount',
      '',
      '0 loaded units listed.',
    ]),
  ).toEqual([
    { unit: 'nix-gc.service', state: 'failed' },
    { unit: 'systemd-fsck@dev-disk-by\\x2duuid-1.service', state: 'failed' },
    { unit: 'mnt-backup.mount', state: 'failed' },
  ]);
});

test('jobs: what runs, and what waits for it', () => {
  expect(
    parseJobs([
      '4711 postgresql.service    stop  running',
      ' 812 postgresql.target     start waiting',
      'No jobs running.',
    ]),
  ).toEqual([
    { unit: 'postgresql.service', type: 'stop', state: 'running' },
    { unit: 'postgresql.target', type: 'start', state: 'waiting' },
  ]);
});
