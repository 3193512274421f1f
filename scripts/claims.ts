/**
 * `npm run claims`: runs what shows the claims of the README (test/docs/claims/), and tells claim by claim whether it
 * does. `-- --list` only tells what shows them; `-- --without-lab` leaves out the tests on a real Nix, which change the
 * machine's; other words leave those that have one of them.
 * Exit code 1 where a claim failed. What it needs is what `npm test` needs: for tests on a real Nix root and Debian.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Claim } from '../test/docs/claims/claim.ts';
import { claims } from '../test/docs/claims.ts';
import {
  type NamedTest,
  needsLab,
  type Outcome,
  outcomeOf,
  type Report,
  runTests,
  whyFailed,
  worst,
} from './claims/run-tests.ts';
import { plain } from './claims/sentences.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const commandMs = 600_000;

const testsOf = ({ shownBy = {} }: Claim): readonly NamedTest[] =>
  Object.entries(shownBy).flatMap(([file, titles]) => titles.map((title) => ({ file, title })));

/** In the order in which the README makes them. */
function asked(words: readonly string[]): readonly Claim[] {
  const text = plain(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
  return claims
    .filter((claim) => words.length === 0 || words.some((word) => lineOf(claim).includes(word.toLowerCase())))
    .toSorted((a, b) => text.indexOf(plain(a.says)) - text.indexOf(plain(b.says)));
}

const lineOf = (claim: Claim) =>
  [claim.says, claim.command ?? '', ...testsOf(claim).flatMap(({ file, title }) => [file, title])]
    .join(' ')
    .toLowerCase();

function runCommand(command: string): Outcome {
  const { status, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
    cwd: project,
    encoding: 'utf8',
    timeout: commandMs,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) console.error(stderr);
  return status === 0 ? 'ok' : 'failed';
}

/** Also what shows it, where it is not shown. */
function tell(claim: Claim, reports: readonly Report[]): Outcome {
  const tests = testsOf(claim).map((test) => ({ ...test, outcome: outcomeOf(test, reports) }));
  const command = claim.command === undefined ? [] : [runCommand(claim.command)];
  const outcome = worst([...tests.map((test) => test.outcome), ...command]);
  console.info(`${outcome === 'failed' ? 'FAILED' : outcome.padEnd(7)} ${claim.says}`);
  for (const test of tests) {
    if (test.outcome === 'ok') continue;
    console.info(`          ${test.outcome}: test/${test.file}: ${test.title}`);
    const why = whyFailed(test, reports);
    if (why !== null) console.info(`            ${why}`);
  }
  if (command.includes('failed')) console.info(`          failed: ${claim.command}`);
  return outcome;
}

function list(claim: Claim): void {
  console.info(claim.says);
  for (const { file, title } of testsOf(claim)) console.info(`    test/${file}: ${title}`);
  if (claim.command !== undefined) console.info(`    ${claim.command}`);
}

const [options, words] = [true, false].map((isOption) =>
  process.argv.slice(2).filter((word) => word.startsWith('-') === isOption),
) as [string[], string[]];
const unknown = options.filter((option) => option !== '--list' && option !== '--without-lab');
const chosen = asked(words);
if (unknown.length > 0 || chosen.length === 0) {
  console.error(
    unknown.length > 0
      ? `no option ${unknown[0]}: --list, --without-lab or words`
      : 'no claim has these words',
  );
  process.exitCode = 2;
} else if (options.includes('--list')) {
  for (const claim of chosen) list(claim);
} else {
  const tests = chosen.flatMap(testsOf);
  const withoutLab = options.includes('--without-lab');
  const reports = await runTests(withoutLab ? tests.filter(({ file }) => !needsLab(file)) : tests);
  const outcomes = chosen.map((claim) => tell(claim, reports));
  const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
  console.info(`\n${count('ok')} ok, ${count('failed')} failed, ${count('not run')} not run`);
  if (count('not run') > 0) {
    console.info(
      withoutLab
        ? 'Not run: tests on a real Nix show the rest; they run without --without-lab.'
        : 'Not run: this machine lacks what their tests need, mostly root and Debian (test/lab/README.md).',
    );
  }
  process.exitCode = count('failed') > 0 ? 1 : 0;
}
