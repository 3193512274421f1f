/** What was found, is worth a line, and is not said by a shortage already. */
import type { Finding } from '../model/diagnosis/finding.ts';
import { isWorthALine } from '../model/diagnosis/worth-a-line.ts';
import type { Model } from '../model/model.ts';

/** The worst first. */
export function unsaidFindings({
  findings,
  shortages,
}: Pick<Model, 'findings' | 'shortages'>): readonly Finding[] {
  const spaceSaid = shortages.some(({ resource }) => resource === 'space');
  return findings.filter((one) => isWorthALine(one) && !(one.found.kind === 'space' && spaceSaid));
}
