/** Generations of the system and of users, and what the newest ones changed. */
import { fail, ok } from '../base/problem.ts';
import type { Generation, GenerationList } from '../model/nix-store/generations.ts';
import { readGenerations } from '../nix-store/generations.ts';
import { findProfiles } from '../nix-store/profiles.ts';
import { withFeatures } from './command-sources.ts';
import type { GatherContext, SourceRow } from './source.ts';

const mostProfiles = 6;
const mostGenerations = 60;
/** Pairs that are compared: the newest with what is booted and with the ones before it. */
const mostPairs = 3;
const pairMs = 5000;
const pairBytes = 128 << 10;

export const generationSource: SourceRow = {
  id: 'generations',
  what: 'generations of the system and of users: version, kernel, which runs, was booted, is the default, is sound',
  from: '/nix/var/nix/profiles',
  stage: 'files',
  timeMs: 10_000,
  mostBytes: 256 << 10,
  redaction: 'text',
  async gather({ ports, emit, ended }) {
    const profiles = await findProfiles(ports);
    const texts: string[] = [];
    for (const { target, title } of profiles.slice(0, mostProfiles)) {
      if (ended.aborted) break;
      const list = await readGenerations(ports, target);
      texts.push(list.ok ? listText(title, list.value) : `==> ${title} <==\n(${list.problem.kind})\n`);
    }
    if (texts.length === 0) return fail('gone', '/nix/var/nix/profiles', 'no profile with generations');
    emit({ name: 'nix/generations.txt', body: texts.join('\n') });
    return ok(undefined);
  },
};

/** `nix store diff-closures` reads the database alone. */
export const generationDifferences: SourceRow = {
  id: 'generations-differ',
  what: 'what the newest generations of the system changed: versions and sizes of packages',
  from: 'nix store diff-closures',
  stage: 'programs',
  timeMs: 15_000,
  mostBytes: mostPairs * pairBytes,
  redaction: 'text',
  gather: gatherDifferences,
};

async function gatherDifferences(context: GatherContext) {
  const { ports, programs, emit, miss, ended } = context;
  const list = await readGenerations(ports, { kind: 'system', path: '/nix/var/nix/profiles/system' });
  if (!list.ok) return list;
  const pairs = pairsOf(list.value);
  if (pairs.length === 0) return fail('gone', 'generations', 'there are no two to compare');
  for (const [from, to] of pairs) {
    if (ended.aborted) break;
    const command = withFeatures('nix', 'store', 'diff-closures', from.storePath ?? '', to.storePath ?? '');
    const run = await programs.run(command, { timeMs: pairMs, mostBytes: pairBytes });
    if (!run.ok) {
      miss(run.problem);
      continue;
    }
    const head = `generation ${from.number} (${from.version ?? '?'}) to ${to.number} (${to.version ?? '?'})\n`;
    const kernels = from.kernel === to.kernel ? '' : `kernel: ${from.kernel ?? '?'} → ${to.kernel ?? '?'}\n`;
    emit({
      name: `nix/generations-${from.number}-to-${to.number}.txt`,
      body: head + kernels + plain(run.value.stdout) + run.value.stderr,
    });
  }
  return ok(undefined);
}

/** Without the colours that it prints in any case. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour begins with
  return text.replace(/\x1b\[[\d;]*m/g, '');
}

function pairsOf({ generations }: GenerationList): readonly (readonly [Generation, Generation])[] {
  const known = generations.filter(({ storePath }) => storePath !== null);
  const pairs = known.slice(0, mostPairs).flatMap((newer, at) => {
    const older = known[at + 1];
    return older === undefined || older.storePath === newer.storePath ? [] : [[older, newer] as const];
  });
  const [newest] = known;
  const booted = known.find(({ isBooted }) => isBooted);
  if (newest && booted && booted.number < newest.number - 1 && booted.storePath !== newest.storePath)
    return [[booted, newest] as const, ...pairs].slice(0, mostPairs);
  return pairs;
}

function listText(
  title: string,
  { generations, defaultNumber, runningPath, bootedPath }: GenerationList,
): string {
  const lines = [
    `==> ${title} <== default ${defaultNumber ?? '?'}, running ${runningPath ?? '?'}, booted ${bootedPath ?? '?'}`,
    ...generations.slice(0, mostGenerations).map(lineOf),
  ];
  if (generations.length > mostGenerations)
    lines.push(`and ${generations.length - mostGenerations} older ones`);
  return `${lines.join('\n')}\n`;
}

function lineOf(generation: Generation): string {
  const { number, dateMs, version, kernel, storePath, soundness } = generation;
  const marks = [
    ...(generation.isDefault ? ['default'] : []),
    ...(generation.isRunning ? ['running'] : []),
    ...(generation.isBooted ? ['booted'] : []),
    ...(soundness.state === 'unsound' ? [`unsound: ${soundness.flaws.join(', ')}`] : []),
    ...(soundness.state === 'unknown' ? [`not checked: ${soundness.why}`] : []),
  ];
  const date = dateMs === null ? '?' : `${new Date(dateMs).toISOString().slice(0, 19)}Z`;
  return [String(number).padStart(5), date, version ?? '-', kernel ?? '-', storePath ?? '-', marks.join(', ')]
    .join('  ')
    .trimEnd();
}
