/** The program itself, as built: exit codes, streams, pipes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(project, 'bin/nixpulse');

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', input: '' });
  return { status, stdout, stderr };
}

const setpriv = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;

test.skipIf(!setpriv)('run with more rights than its user has, it refuses', () => {
  const ids = ['--ruid=65534', '--euid=0', '--clear-groups'];
  const words = [...ids, '--', process.execPath, join(project, 'dist/bundle/nixpulse.cjs'), 'status'];
  const { status, stdout, stderr } = spawnSync('setpriv', words, { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toMatch(/^nixpulse: runs as uid 0 for uid 65534 \(set-uid\): refused; use sudo nixpulse\n$/);
});

describe('streams and exit codes', () => {
  test('help and version go to stdout', () => {
    const help = run('--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: nixpulse /);
    const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    expect(run('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test.each([
    [['--interval', '0'], /^nixpulse: option '--interval': argument '0' is invalid: .*\n$/],
    [['--nope'], /^nixpulse: unknown option '--nope'\n$/],
    [['snapshot', '--root', '/nowhere'], /^nixpulse: option '--root': '\/nowhere' is not a directory\n$/],
    [
      ['snapshot', '--root', '/etc/passwd'],
      /^nixpulse: option '--root': '\/etc\/passwd' is not a directory\n$/,
    ],
    [[], /^nixpulse: the dashboard needs a terminal.*\n$/],
  ])('%j is bad usage: one line on stderr', (words, line) => {
    const result = run(...words);
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(line);
  });

  test('a reader that goes away is no failure', () => {
    const line = `"$0" snapshot --interval 0.1 | true; echo "\${PIPESTATUS[0]}"`;
    const result = spawnSync('bash', ['-c', line, program], { encoding: 'utf8' });
    expect(result).toMatchObject({ status: 0, stdout: '0\n', stderr: '' });
  });
});

describe('diagnose', () => {
  const demo = join(project, 'src/modes/demo/incident.nixpulse');

  test('of a recording is one document, and 1 where something was found', () => {
    const whole = run('diagnose', demo, '--json');
    expect(whole.stderr).toBe('');
    const { seen, findings, hypotheses, decision } = JSON.parse(whole.stdout);
    expect(seen).toMatchObject({ recorded: demo, live: false });
    expect(hypotheses.length).toBeGreaterThan(0);
    expect(decision.length).toBeGreaterThan(0);
    const worth = findings.some(({ level }: { level: string }) => level !== 'ok');
    expect(whole.status).toBe(worth ? 1 : 0);
  });

  test.each([
    [['/nowhere'], /^nixpulse: no recording to diagnose: \/nowhere: there is no such file or directory\n$/],
    [[demo, '--at', '2020-01-01'], /^nixpulse: option '--at': not recorded, only .*\n$/],
    [[demo, '--at', 'noon'], /^nixpulse: option '--at': a time is .*\n$/],
  ])('%j is bad input: one line on stderr', (words, line) => {
    const result = run('diagnose', ...words);
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(line);
  });

  test.runIf(process.platform === 'linux')('of this machine says how long it has looked', () => {
    const state = mkdtempSync(join(tmpdir(), 'nixpulse-diagnose-'));
    try {
      const result = run('diagnose', '--interval', '0.1', '--dir', state);
      expect(result.stdout).toMatch(/^nixpulse diagnose /);
      expect(result.stdout).toMatch(/Looked for \d+ s, with no recording of the time before/);
      expect([0, 1]).toContain(result.status);
    } finally {
      rmSync(state, { recursive: true });
    }
  });
});

describe.runIf(process.platform === 'linux')('headless', () => {
  test('snapshot --json is one document', () => {
    const result = run('snapshot', '--json', '--interval', '0.2');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    const model = JSON.parse(result.stdout);
    expect(model.version).toBe(1);
    expect(model.intervalSec).toBeGreaterThanOrEqual(0.2);
    expect(model.memory.totalBytes).toBeGreaterThan(0);
    expect(model.host.kernel).toMatch(/^\d/);
    expect(model.filesystems.length).toBeGreaterThan(0);
  });

  test('a full disk is a failure, told in one line', () => {
    const result = spawnSync('sh', ['-c', '"$0" snapshot --interval 0.1 >/dev/full', program], {
      encoding: 'utf8',
    });
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/^nixpulse: cannot write: ENOSPC.*\n$/);
  });

  test('snapshot into a pipe has no colour, unless asked for', () => {
    expect(run('snapshot', '--interval', '0.1').stdout).not.toContain('\u001b');
    expect(run('snapshot', '--interval', '0.1', '--color', 'always').stdout).toContain('\u001b[');
  });

  test('status is one line', () => {
    const result = run('status', '--interval', '0.1');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toMatch(/^[^\n]+\n$/);
  });

  test('an empty root is a machine of which nothing is known, not a crash', () => {
    const root = mkdtempSync(join(tmpdir(), 'nixpulse-root-'));
    const result = run('snapshot', '--json', '--interval', '0.1', '--source', 'proc', '--root', root);
    rmSync(root, { recursive: true });
    expect(result).toMatchObject({ status: 0, stderr: '' });
    const model = JSON.parse(result.stdout);
    expect(model.memory.totalBytes).toBeNull();
    expect(model.problems.length).toBeGreaterThan(0);
  });

  test('the portable source works here too', () => {
    const result = run('snapshot', '--json', '--interval', '1', '--source', 'portable');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    const model = JSON.parse(result.stdout);
    expect(model.memory.totalBytes).toBeGreaterThan(0);
    expect(model.pressure.memory.problem.kind).toBe('unsupported');
  });
});

describe('complete', () => {
  test.each([['nonsense'], ['generations:/nowhere/at/all'], ['generations:\u0000'], ['']])(
    'of %j there is nothing, and no complaint',
    (kind) => {
      expect(run('complete', kind.replaceAll('\u0000', '\n'))).toEqual({ status: 0, stdout: '', stderr: '' });
    },
  );

  test('of builds one line each, of this machine as well', () => {
    const { status, stdout, stderr } = run('complete', 'builds');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^(?:[\w.+=-]+\t[\x20-\x7e]*\n)*$/);
  });

  test('nobody is told of it', () => {
    expect(run('--help').stdout).not.toMatch(/\bcomplete\b/);
    expect(run('complte').stderr).not.toMatch(/\bcomplete\b/);
  });
});
