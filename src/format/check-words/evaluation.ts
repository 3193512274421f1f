/** The dry run in words. */
import { bytesText } from '../../base/bytes.ts';
import { lengthText, tookText } from '../../base/duration.ts';
import { listText, plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { EvaluationFound } from '../../model/advice/checked-rebuild.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import { nameOfDerivation, nameOfPath } from '../../model/nix-store/store-path.ts';
import type { WordsOf } from '../check-item-words.ts';
import { listNames, noSuchName } from './missing-name.ts';

export const evaluationWords: WordsOf<EvaluationFound> = {
  evaluation: { title: 'evaluation', text, remedies },
};

function text(found: EvaluationFound): string {
  const { configuration, end, sec, limitSec, limitBytes, plan, unplanned } = found;
  switch (end) {
    case 'done': {
      const took = `${configuration} evaluates in ${tookText(sec * 1000)}`;
      if (found.refused) return `${took}; Nix cannot plan it: ${unplanned}`;
      if (plan === null) return `${took}; what would be built is not known: ${unplanned}`;
      return `${took}; ${planText(plan)}`;
    }
    case 'time':
      return `${configuration} had not come to an end after ${lengthText(limitSec * 1000)}, and was ended`;
    case 'memory':
      if (found.killed !== null) return killedText(found, found.killed);
      return `${configuration} took more than ${bytesText(limitBytes)}, half of what was free, and was ended`;
    case 'stack':
      return `${configuration} calls itself without end${saidText(found)}`;
    case 'recursion':
    case 'failed':
      if (found.lacksName) return noSuchName(configuration);
      return found.wantsBuild
        ? `${configuration} wants to build while it evaluates, and nothing is built here`
        : `${configuration} does not evaluate${saidText(found)}`;
  }
}

/** A machine with much free memory is not to blame for a limit. */
function killedText(
  { configuration, peakBytes, availableBytes }: EvaluationFound,
  { cgroup, limitBytes }: NonNullable<EvaluationFound['killed']>,
): string {
  const at = peakBytes === null ? '' : ` with ${bytesText(peakBytes)}`;
  const by =
    cgroup === null
      ? 'for want of memory'
      : `by the limit of its own cgroup ${cgroup}, ${bytesText(limitBytes)}`;
  return `${configuration} was killed${at} ${by}; the machine has ${bytesText(availableBytes)} available`;
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

/** An empty or cut .drv: src/libstore/derivations.cc. */
const unreadable = /error parsing derivation|expected string/;

function remedies({
  configuration,
  end,
  plan,
  cause,
  lacksName,
  killed,
  unplanned,
}: EvaluationFound): readonly Remedy[] {
  if (killed?.cgroup != null)
    return [
      {
        kind: 'advice',
        title: `raise the limit of ${killed.cgroup} (MemoryMax=), or evaluate outside of it`,
        risk: null,
      },
    ];
  if (end === 'time' || end === 'memory' || end === 'stack' || end === 'recursion')
    return [
      {
        kind: 'command',
        // `<nixpkgs/nixos>` is what it takes by itself.
        command: `nixpulse diagnose --probe ${configuration.startsWith('<') ? 'bisection' : shellWord(`bisection:${configuration}`)}`,
        root: false,
        title: 'find the modules without which it evaluates',
        risk: null,
      },
    ];
  if ((plan !== null && plan.empty.length > 0) || unreadable.test(unplanned ?? ''))
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
  if (lacksName) return [listNames(configuration)];
  if (cause !== null && cause.remedies.length > 0) return cause.remedies;
  return [
    {
      kind: 'advice',
      title: 'paste the whole error into: nixpulse explain',
      risk: null,
    },
  ];
}
