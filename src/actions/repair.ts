/** Repairs store paths that a verification found damaged, one after the other. Root and the local store only. */

import { listText, plural } from '../base/plural.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import { isStorePath } from '../model/nix-store/store-path.ts';
import { forgetDamage } from '../nix-store/last-verification.ts';
import type { Action, ActionContext } from './action.ts';
import { type RepairEnd, repairPath } from './repair-path.ts';
import { asRoot, refused } from './wording.ts';

export const repair: Action<'repair'> = async (intent, context) => {
  const { ports, cancelled, report } = context;
  if (!ports.files.live) return refused('this is another root directory: its store is not repaired');
  if (!ports.native.may('administer')) {
    return {
      status: 'denied',
      summary: 'only root may repair store paths: the daemon has no such operation',
      details: [asRoot('verify --repair')],
    };
  }
  const paths = [...new Set(intent.paths)];
  const strange = paths.find((path) => !isStorePath(path));
  if (strange !== undefined) return refused(`this is no store path: ${strange}`);
  if (paths.length === 0) return refused('there is nothing to repair');

  const ends = new Map<string, RepairEnd>();
  for (const [index, path] of paths.entries()) {
    if (cancelled.aborted) break;
    report({ text: 'looks at it', done: index, total: paths.length, lines: [path] });
    const end = await repairPath(path, context);
    ends.set(path, end);
    report({ done: index + 1, lines: [`  ${endText(end)}`] });
  }
  await forgetRepaired(ends, context);
  return describe(paths, ends, cancelled.aborted);
};

async function forgetRepaired(
  ends: ReadonlyMap<string, RepairEnd>,
  { ports, stateDirectory }: ActionContext,
): Promise<void> {
  const sound = [...ends].filter(([, end]) => end.kind !== 'not repaired').map(([path]) => path);
  if (sound.length > 0) await forgetDamage(ports, stateDirectory, new Set(sound));
}

function describe(
  paths: readonly string[],
  ends: ReadonlyMap<string, RepairEnd>,
  cancelled: boolean,
): Outcome {
  const repaired: string[] = [];
  const details: string[] = [];
  let needless = 0;
  let failed = 0;
  for (const [path, end] of ends) {
    if (end.kind === 'repaired') repaired.push(end.how);
    if (end.kind === 'needless') needless += 1;
    if (end.kind !== 'not repaired') continue;
    failed += 1;
    details.push(`${path}: ${endText(end)}`);
    details.push(...advice(path, end));
  }
  const left = paths.length - ends.size;
  if (left > 0) details.push(`${plural(left, 'path')} not tried`);
  const ways = [...new Set(repaired)]
    .sort()
    .map((how) => `${repaired.filter((one) => one === how).length} ${how}`);
  const parts = [
    repaired.length === 0
      ? ''
      : `repaired ${repaired.length} of ${plural(paths.length, 'path')} (${listText(ways)})`,
    needless === 0 ? '' : `${needless} needed no repair`,
    failed === 0 ? '' : `${failed} could not be repaired`,
  ].filter((part) => part !== '');
  return {
    status: statusOf(repaired.length + needless, failed + left, cancelled),
    summary: parts.join(', ') || 'nothing was repaired',
    details,
  };
}

function statusOf(good: number, bad: number, cancelled: boolean): Outcome['status'] {
  if (bad === 0) return 'done';
  if (cancelled) return 'cancelled';
  return good > 0 ? 'incomplete' : 'failed';
}

function endText(end: RepairEnd): string {
  if (end.kind === 'repaired') return `repaired, ${end.how}`;
  if (end.kind === 'needless') return end.why;
  return end.nowMissing ? `${end.why}; its damaged contents are gone too` : end.why;
}

/** `cannot repair path '…'`: no cache has it and no derivation makes it. */
function advice(path: string, end: RepairEnd): readonly string[] {
  if (end.kind !== 'not repaired' || !/cannot repair path/.test(end.why)) return [];
  if (path.endsWith('.drv'))
    return ['  a derivation comes back by evaluating it again, after nix-store --delete of it'];
  return [
    '  no cache has it and no derivation here makes it: copy it from another machine with nix copy, or evaluate what it came from again',
  ];
}
