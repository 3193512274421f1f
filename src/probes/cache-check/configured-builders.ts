/** The builders in force: the setting `builders` with the files that it names, and the lines that Nix refuses. */
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

/** `setting`: null where it is not known. A file that is not there names none. */
export async function readConfiguredBuilders(
  setting: string | null,
  { ports: { ownFiles } }: ProbeContext,
): Promise<readonly ConfiguredBuilder[]> {
  const texts = [setting ?? usual];
  const paths = new Set(includesOf(texts[0] ?? ''));
  for (const path of paths) {
    const text = await ownFiles.read(path, { maxBytes: 1 << 20 });
    if (!text.ok) continue;
    texts.push(text.value);
    for (const further of includesOf(text.value)) if (paths.size < mostFiles) paths.add(further);
  }
  return texts
    .flatMap((text) => {
      const refused = new Map(refusedMachines(text).map(({ line, why }) => [line, why]));
      return parseMachines(text).map((line) => ({ ...line, refused: refused.get(line.line) ?? null }));
    })
    .slice(0, mostBuilders);
}
