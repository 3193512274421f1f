/** Runs named tests, once for each group of projects, and tells of each what became of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ranAs } from './titles.ts';

export type Outcome = 'ok' | 'failed' | 'not run';

/** A file below test/ and a title in it. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** What Vitest's reporter `json` writes, as far as it is read. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

const project = fileURLToPath(new URL('../..', import.meta.url));
const groups: readonly (readonly [projects: readonly string[], has: (file: string) => boolean])[] = [
  [['newest'], (file) => file.startsWith('lab/newest/')],
  [['lab'], (file) => file.startsWith('lab/') || file === 'freeze/freeze.test.ts'],
  [['terminal'], (file) => file.startsWith('pty/')],
  [['unit-pure', 'unit'], () => true],
];

export function projectsOf(file: string): readonly string[] {
  return groups.find(([, has]) => has(file))?.[0] ?? [];
}

export function needsLab(file: string): boolean {
  return projectsOf(file).some((name) => name === 'lab' || name === 'newest');
}

/** Quick ones first. */
export async function runTests(tests: readonly NamedTest[]): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for (const [projects] of groups.toReversed()) {
    const own = tests.filter(({ file }) => projectsOf(file) === projects);
    if (own.length > 0) reports.push(...(await runVitest(projects, own)));
  }
  return reports;
}

async function runVitest(projects: readonly string[], tests: readonly NamedTest[]): Promise<Report[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nixpulse-claims-'));
  try {
    const files = [...new Set(tests.map(({ file }) => `test/${file}`))];
    const report = join(folder, 'report.json');
    console.error(`${projects.join(', ')}: ${tests.length} tests in ${files.length} files`);
    const child = spawn(
      join(project, 'scripts/node'),
      [
        ...[join(project, 'node_modules/vitest/vitest.mjs'), 'run'],
        ...projects.flatMap((name) => ['--project', name]),
        ...['--testNamePattern', namedOnly(tests)],
        ...['--reporter=json', `--outputFile=${report}`],
        ...files,
      ],
      { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await once(child, 'exit');
    return [JSON.parse(readFileSync(report, 'utf8')) as Report];
  } catch (error) {
    console.error(`${projects.join(', ')}: no results: ${error}`);
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Vitest looks for it in the titles of a test and of all that it is in, with spaces between. */
function namedOnly(tests: readonly NamedTest[]): string {
  const titles = [...new Set(tests.map(({ title }) => ranAs(title)))];
  return `(?:^| )(?:${titles.join('|')})(?:$| )`;
}

/** `not run`: no test of that title came to its end. */
export function outcomeOf({ file, title }: NamedTest, reports: readonly Report[]): Outcome {
  const results = resultsOf(file, reports);
  const tests = named(title, results);
  if (tests.some(({ status }) => status === 'failed')) return 'failed';
  if (tests.some(({ status }) => status === 'passed')) return 'ok';
  // A file that could not be loaded has no tests.
  const broken = results.some(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return broken ? 'failed' : 'not run';
}

/** The first line of what failed first; null where nothing was said. */
export function whyFailed({ file, title }: NamedTest, reports: readonly Report[]): string | null {
  const messages = named(title, resultsOf(file, reports)).flatMap(
    ({ failureMessages }) => failureMessages ?? [],
  );
  return messages[0]?.split('\n')[0] ?? null;
}

function resultsOf(file: string, reports: readonly Report[]): Report['testResults'] {
  return reports.flatMap(({ testResults }) =>
    testResults.filter(({ name }) => name.endsWith(`/test/${file}`)),
  );
}

function named(title: string, results: Report['testResults']) {
  const pattern = new RegExp(`^${ranAs(title)}$`, 's');
  return results
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title: own, ancestorTitles }) => [...ancestorTitles, own].some((name) => pattern.test(name)));
}

/** A claim holds where all that shows it does. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return (['failed', 'not run'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'ok';
}
