import { expect, test } from 'vitest';
import type { FindingSubject } from '../../../src/model/diagnosis/finding.ts';
import { probeIds } from '../../../src/model/diagnosis/probe.ts';
import { fitsSubject, probeSubject } from '../../../src/model/diagnosis/probe-subject.ts';
import { probeRow, probeTable } from '../../../src/model/diagnosis/probe-table.ts';

test('every probe has its row, with all that is to be known before it runs', () => {
  expect(probeTable.map(({ id }) => id)).toEqual(probeIds);
  const titles = probeTable.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  for (const row of probeTable) {
    expect(row).toEqual(probeRow(row.id));
    expect(row.help).toMatch(/^[a-z].*\.$/i);
    expect(row.costs).not.toBe('');
    // What takes hours is asked for with a question.
    if (row.deadlineSec > 900) expect(row).toMatchObject({ heavy: true, confirm: true });
  }
});

test.each([
  ['smart', { kind: 'device', device: 'nvme0n1' }, 'nvme0n1'],
  ['smart', { kind: 'machine' }, undefined],
  ['read-speed', { kind: 'device', device: 'dm-0' }, 'dm-0'],
  ['read-speed', { kind: 'filesystem', mountPoint: '/nix' }, null],
  ['stack', { kind: 'build', pid: 7, startTime: 9 }, '7:9'],
  ['stack', { kind: 'machine' }, undefined],
  ['cache', { kind: 'cache', cache: 'https://cache.example.org' }, 'https://cache.example.org'],
  ['builder', { kind: 'builder', host: 'ssh://box' }, 'ssh://box'],
  ['units', { kind: 'unit', unit: 'nix-daemon.service' }, null],
  ['evaluation', { kind: 'client', pid: 7, startTime: 9 }, null],
] as const satisfies readonly (readonly [string, FindingSubject, unknown])[])(
  'what %s is asked about, for %o: %s',
  (id, finding, subject) => {
    const row = probeRow(id);
    expect(probeSubject(row, finding)).toBe(subject);
    if (subject !== undefined) expect(fitsSubject(row, subject)).toBe(true);
  },
);

test.each([
  ['smart', '-n', false],
  ['smart', 'cciss!c0d0', true],
  ['smart', '../../etc', false],
  ['verify-path', '/nix/store/0c1w2x3y4z5a6b7d8f9g0h1i2j3k4l5m-hello', true],
  ['verify-path', '/mnt/nix/store/0c1w2x3y4z5a6b7d8f9g0h1i2j3k4l5m-hello-1.0.drv', true],
  ['verify-path', '/etc/passwd', false],
  ['verify-path', '--all', false],
  ['evaluation', '/etc/nixos#box', true],
  ['evaluation', null, true],
  ['cache', null, false],
  ['cache', '--option', false],
  ['cache', 'https://a\nb', false],
  ['stack', '0', false],
] as const)('%s of %s: %s', (id, subject, fits) => {
  expect(fitsSubject(probeRow(id), subject)).toBe(fits);
});
