/** The builders in force: the setting `builders` with the files that it names, and the lines that Nix refuses. */
import { type Problem, problemText } from '../../base/problem.ts';
import type { BuildTest } from '../../model/cache-check/cache-check.ts';
import { type BuilderLine, includesOf, parseMachines, refusedMachines } from '../../parse/machines.ts';
import type { ProbeContext } from '../probe.ts';

export interface ConfiguredBuilder extends BuilderLine {
  /** Why Nix refuses its line; null: it does not. */
  readonly refused: string | null;
}

const usual = '@/etc/nix/machines';
const mostBuilders = 64;
/** A file may name another one. */
const mostFiles = 16;

export interface ConfiguredBuilders {
  readonly lines: readonly ConfiguredBuilder[];
  /** Of the first file that is there and could not be read: it may name more. */
  readonly unread: Problem | null;
}

/** `setting`: null where it is not known. A file that is not there names none. */
export async function readConfiguredBuilders(
  setting: string | null,
  { ports: { ownFiles } }: ProbeContext,
): Promise<ConfiguredBuilders> {
  let unread: Problem | null = null;
  const texts = [setting ?? usual];
  const paths = new Set(includesOf(texts[0] ?? ''));
  for (const path of paths) {
    const text = await ownFiles.read(path, { maxBytes: 1 << 20 });
    if (!text.ok) {
      if (text.problem.kind !== 'gone') unread ??= text.problem;
      continue;
    }
    texts.push(text.value);
    for (const further of includesOf(text.value)) if (paths.size < mostFiles) paths.add(further);
  }
  const lines = texts
    .flatMap((text) => {
      const refused = new Map(refusedMachines(text).map(({ line, why }) => [line, why]));
      return parseMachines(text).map((line) => ({ ...line, refused: refused.get(line.line) ?? null }));
    })
    .slice(0, mostBuilders);
  return { lines, unread };
}

/** What is known of building elsewhere where no line is. */
export function withoutLines({ unread }: Pick<ConfiguredBuilders, 'unread'>): BuildTest {
  const build = { untested: null, builder: null, sec: null };
  return unread === null
    ? { ...build, state: 'unconfigured', said: null }
    : { ...build, state: 'untested', said: `which builders there are is not known: ${problemText(unread)}` };
}
