/** The freeze lab in its short form: in every freeze every kill succeeds. How long it took is printed, not judged. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allProcesses, commandLine } from '../lab/truth.ts';
import { until } from '../lab/wait.ts';
import { bringUpLab } from '../support/lab.ts';
import { figuresOf } from './figures.ts';
import { freezeNames } from './freezes.ts';
import { play } from './play.ts';
import { programsHere, shortPrograms } from './programs.ts';
import { report } from './report.ts';

const lab = bringUpLab();

/** What is of a freeze has one of these names. */
function left(): string[] {
  const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return [
    ...`${text('/proc/swaps')}${text('/proc/self/mountinfo')}`.split('\n'),
    ...['memory', 'cpu', 'blkio'].flatMap((name) => {
      const path = `/sys/fs/cgroup/${name}`;
      return existsSync(path) ? readdirSync(path) : [];
    }),
    ...allProcesses()
      .filter(({ state }) => state !== 'Z')
      .map(({ pid }) => commandLine(pid).join(' ')),
  ].filter((line) => /nixpulse-(?:hardship|swap|disk|hog|storm|writer)|\bfz[0-9a-z]{4}\b/.test(line));
}

describe.skipIf(lab.missing !== null)('a freeze', () => {
  it('every kill succeeds', { timeout: 600_000 }, async (context) => {
    const programs = programsHere().filter(({ name }) => shortPrograms.includes(name));
    const played = await play({
      lab,
      freezes: freezeNames,
      programs,
      rounds: 1,
      kills: 2,
      patienceMs: 60_000,
      deadlineSec: 400,
    });
    const about = { machine: '', command: 'npm run freeze -- all --short' };
    console.info(report(played, figuresOf(played.rounds), about));
    const ours = played.rounds.filter(({ program }) => program !== 'htop');
    if (ours.length === 0)
      return context.skip(played.freezes.map(({ unsupported }) => unsupported).join('; '));
    for (const { freeze, program, kills, killed, failure } of ours) {
      const came = kills.filter(({ deathMs }) => deathMs !== null).length;
      expect
        .soft({ freeze, program, came, killed }, failure ?? '')
        .toEqual({ freeze, program, came: 2, killed: false });
    }
  });

  it('nothing is left after kill -9', { timeout: 600_000 }, async () => {
    const run = fileURLToPath(new URL('run.ts', import.meta.url));
    const child = spawn(process.execPath, [run, 'cpu', '--short', '--only', 'hardened'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await until('a storm', () => left().some((line) => line.includes('nixpulse-storm')), {
      deadlineMs: 500_000,
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until('its end', () => left().length === 0, { detail: () => left().join('\n') });
  });
});
