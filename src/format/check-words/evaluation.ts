/** The dry run in words. */
import { bytesText } from '../../base/bytes.ts';
import { lengthText } from '../../base/duration.ts';
import { listText, plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { EvaluationFound } from '../../model/advice/checked-rebuild.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import { nameOfDerivation, nameOfPath } from '../../model/nix-store/store-path.ts';
import type { WordsOf } from '../check-item-words.ts';

export const evaluationWords: WordsOf<EvaluationFound> = {
  evaluation: { title: 'evaluation', text, remedies },
};

function text(found: EvaluationFound): string {
  const { configuration, end, sec, limitSec, limitBytes, plan, unplanned } = found;
  switch (end) {
    case 'done': {
      const took = `${configuration} evaluates in ${lengthText(sec * 1000)}`;
      if (plan === null) return `${took}; what would be built is not known: ${unplanned}`;
      return `${took}; ${planText(plan)}`;
    }
    case 'time':
      return `${configuration} had not come to an end after ${lengthText(limitSec * 1000)}, and was ended`;
    case 'memory':
      return `${configuration} took more than ${bytesText(limitBytes)}, half of what was free, and was ended`;
    case 'stack':
      return `${configuration} calls itself without end${saidText(found)}`;
    case 'recursion':
    case 'failed':
      return found.wantsBuild
        ? `${configuration} wants to build while it evaluates, and nothing is built here`
        : `${configuration} does not evaluate${saidText(found)}`;
  }
}

/** What is known of the error, else its own words. */
function saidText({ error, cause }: EvaluationFound): string {
  if (cause === null) return error === null ? '' : `: ${error.replace(/^error:\s*/, '')}`;
  return `: ${cause.title}${cause.text === null ? '' : ` – ${cause.text}`}`;
}

function planText(plan: NonNullable<EvaluationFound['plan']>): string {
  const { builds, fetches, downloadBytes, unpackedBytes, unknown, empty } = plan;
  if (unknown.length > 0) return `nobody knows how to get ${listText(unknown.map(nameOfPath))}`;
  if (empty.length > 0)
    return `${plural(empty.length, 'derivation')} of the store hold nothing: ${listText(empty.map(nameOfDerivation))}`;
  if (builds + fetches === 0) return 'all of it is there';
  const unpacked = unpackedBytes === null ? '' : `, ${bytesText(unpackedBytes)} unpacked`;
  const sizes = downloadBytes === null ? '' : ` (${bytesText(downloadBytes)}${unpacked})`;
  return `${plural(builds, 'build')}, ${plural(fetches, 'download')}${fetches === 0 ? '' : sizes}`;
}

function remedies({ configuration, end, plan }: EvaluationFound): readonly Remedy[] {
  if (end === 'time' || end === 'memory' || end === 'stack' || end === 'recursion')
    return [
      {
        kind: 'command',
        command: `nixpulse diagnose --probe ${shellWord(`bisection:${configuration}`)}`,
        root: false,
        title: 'find the modules without which it evaluates',
        risk: null,
      },
    ];
  if (plan !== null && plan.empty.length > 0)
    return [
      {
        kind: 'command',
        command: 'nixpulse verify --repair',
        root: true,
        title: 'look at every path of the store, and mend what a cache or a build can give anew',
        risk: null,
      },
    ];
  if (plan !== null && plan.unknown.length > 0)
    return [
      {
        kind: 'advice',
        title: 'a path was collected or never copied here: let its derivation be evaluated anew, or copy it',
        risk: null,
      },
    ];
  return [
    {
      kind: 'advice',
      title: 'paste the whole error into: nixpulse explain',
      risk: null,
    },
  ];
}
