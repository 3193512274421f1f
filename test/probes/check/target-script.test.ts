/** The script of the target as it is: in every POSIX shell that is here, on this machine, and by what it may not do. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseTargetReport } from '../../../src/parse/target-report.ts';
import { targetCommand } from '../../../src/probes/check/target-script.ts';

const script = targetCommand.slice("sh -c '".length, -1);
const shells = ['sh', 'dash', 'bash', 'busybox'].filter(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
);

test('it is one word for sh, bash, zsh and fish alike', () => {
  expect(script).not.toContain("'");
  expect(script).not.toContain('\\');
});

test('it writes nowhere', () => {
  const targets = [...script.matchAll(/[^-<0-9&]>+\s*(\S+)|[0-9]>(\S+)/g)].map(
    ([, one, other]) => one ?? other,
  );
  expect(new Set(targets.map((target) => target?.replace(/[;)]+$/, '')))).toEqual(new Set(['/dev/null']));
  expect(script).not.toMatch(/\b(?:rm|mv|cp|tee|touch|mkdir|mktemp|mount|umount|modprobe|dd|kill)\b/);
});

test.runIf(process.platform === 'linux').each(shells)('%s runs it', (shell) => {
  const argv = shell === 'busybox' ? ['sh', '-c', script] : ['-c', script];
  const out = execFileSync(shell, argv, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
  const report = parseTargetReport(out.split('\n'), 'here');
  if (!report.ok) throw new Error(JSON.stringify(report.problem));
  const { account, kernelName, machine, memory, mounts, rooms, timeSec } = report.value;
  expect(account?.uid).toBe(process.getuid?.());
  expect(kernelName).toBe('Linux');
  expect(machine).toMatch(/^\w+$/);
  expect(memory?.totalBytes).toBeGreaterThan(0);
  expect(mounts.some(({ mountPoint }) => mountPoint === '/')).toBe(true);
  expect(rooms.find(({ path }) => path === '/')?.totalBytes).toBeGreaterThan(0);
  expect(Math.abs((timeSec ?? 0) * 1000 - Date.now())).toBeLessThan(120_000);
  expect(out).toMatch(/\n== end\n$/);
});

test.runIf(existsSync('/usr/bin/env'))('with nothing but sh, sed and cat it still says what it can', () => {
  const out = spawnSync('/bin/sh', ['-c', script.replace(/^PATH=.*$/m, 'PATH=/nonexistent')], {
    encoding: 'utf8',
  }).stdout;
  expect(out).toContain('nixpulse target 1');
  expect(parseTargetReport(out.split('\n'), 'here').ok).toBe(true);
});
