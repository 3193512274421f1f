/** The dashboard in a real pseudo-terminal, on builds that the test started and on no other. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { bringUpLab, type StartedBuild, startBuild } from '../support/lab.ts';
import { openPty, type Pty } from '../support/pty.ts';
import { buildsWithNonce, processesWithNonce, readProcess, type TrueBuild } from './truth.ts';
import { until } from './wait.ts';
import { buildOf, openWatch } from './watch.ts';

export const lab = bringUpLab();
const states: string[] = [];

export const has = (text: string) => (screen: string[]) => screen.some((line) => line.includes(text));
export const hasNot = (text: string) => (screen: string[]) => !has(text)(screen);

export function stateHome(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-state-'));
  states.push(directory);
  return directory;
}

/** Empty before the first entry. */
export function journalOf(
  home: string,
): { title: string; status: string; summary: string; details: string[] }[] {
  const path = `${home}/nixpulse/journal.jsonl`;
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export function openDashboard(home: string): Pty {
  const pty = openPty({
    columns: 120,
    rows: 40,
    args: ['--interval', '0.5'],
    env: { NO_COLOR: '1', XDG_STATE_HOME: home },
    deadlineMs: 20_000,
  });
  onTestFinished(() => pty.close());
  return pty;
}

/** The builds of a client, by name, with what names each of them alone on this machine. */
export async function buildsOf(client: StartedBuild, count: number) {
  const truth = await until(`${count} builds`, () => {
    const builds = buildsWithNonce(client.nonce);
    return builds.length === count && builds;
  });
  const watch = openWatch();
  try {
    const found = new Map<string, TrueBuild & { readonly hash: string }>();
    for (const build of truth) {
      const hash = await watch.tickUntil(`the hash of ${build.name}`, (model) => {
        return buildOf(model, build.pid)?.drvHash;
      });
      found.set(build.name, { ...build, hash });
    }
    return (name: string) => {
      const build = found.get(name);
      if (build === undefined) throw new Error(`no build ${name} among ${[...found.keys()]}`);
      return build;
    };
  } finally {
    watch.close();
  }
}

/** Selects a build by the hash of its derivation: never one of somebody else. */
export async function select(
  pty: Pty,
  { hash, name }: { readonly hash: string; readonly name: string },
): Promise<void> {
  pty.press('<escape>', '<escape>', '\\', hash);
  await pty.waitForText(`filter: ${hash}`);
  pty.press('<enter>');
  // The filter is that of the list alone now, and hides all others.
  await pty.waitFor((screen) => has(name)(screen) && has('Quit')(screen));
  pty.press('<home>');
  await pty.waitFor(has(`>${name}`));
}

export const alive = ({ pid, startTime }: TrueBuild) => {
  const process = readProcess(pid);
  return process !== null && process.startTime === startTime && process.state !== 'Z';
};
export const stopped = (client: StartedBuild) => {
  const all = processesWithNonce(client.nonce).filter(({ uid }) => uid !== 0);
  return all.length > 0 && all.every(({ state }) => state === 'T' || state === 'Z');
};

export interface OneBuild {
  /** State directory of nixpulse; `openDashboard(home)` is the next start of it. */
  readonly home: string;
  readonly client: StartedBuild;
  readonly stuck: TrueBuild;
  readonly pty: Pty;
}

/** One build that only sleeps, selected. */
export async function openOnStuck(secs = '60'): Promise<OneBuild> {
  const home = stateHome();
  const client = startBuild(lab, 'stuck', { secs });
  const stuck = (await buildsOf(client, 1))('stuck-3.1');
  const pty = openDashboard(home);
  await select(pty, stuck);
  return { home, client, stuck, pty };
}

/** The same, and paused by us. */
export async function openOnPaused(secs?: string): Promise<OneBuild> {
  const one = await openOnStuck(secs);
  one.pty.press('p');
  await one.pty.waitFor(has('paused 0:0'));
  return one;
}

export interface FiveBuilds {
  readonly home: string;
  readonly client: StartedBuild;
  readonly build: Awaited<ReturnType<typeof buildsOf>>;
  readonly pty: Pty;
}

/** Five builds of one client, beside each other. */
export async function openOnFive(options: { readonly keepGoing?: boolean } = {}): Promise<FiveBuilds> {
  const home = stateHome();
  const client = startBuild(lab, 'parallel', { secs: '60' }, options);
  const build = await buildsOf(client, 5);
  return { home, client, build, pty: openDashboard(home) };
}

/** Of all tests of the file. */
export function removeStateHomes(): void {
  for (const directory of states) rmSync(directory, { recursive: true, force: true });
}
