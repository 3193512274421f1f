/** Repairs one store path: looks, has Nix put it right from a cache or by rebuilding, looks again. */

import { nameOfPath } from '../model/nix-store/store-path.ts';
import { endWords, runCancellable } from '../nix-store/cancellable.ts';
import type { LowPriority } from '../nix-store/low-priority.ts';
import { lookAtPath, type PathState } from '../nix-store/verify-path.ts';
import { activity, type NixEvent, parseInternalJson, result } from '../parse/internal-json.ts';
import type { ActionContext } from './action.ts';

export type RepairEnd =
  | { readonly kind: 'repaired'; readonly how: string }
  /** Nothing to do: it is right by now, or the database no longer has it. */
  | { readonly kind: 'needless'; readonly why: string }
  | { readonly kind: 'not repaired'; readonly why: string; readonly nowMissing: boolean };

/**
 * The store itself and not the daemon, which has no such operation (`operation 'repairPath' is not
 * supported by store 'daemon'`).
 */
const localStore = { NIX_REMOTE: 'local' } as const;
/** A repair is asked for and waited for: it stands in line with everybody else. */
const plainly: LowPriority = (command) => command;

export async function repairPath(path: string, context: ActionContext): Promise<RepairEnd> {
  const before = await lookAtPath(path, context, plainly);
  if (before.state === 'sound') return { kind: 'needless', why: 'it is right by now' };
  if (before.state === 'invalid') return { kind: 'needless', why: 'it is no longer in the store' };
  if (before.state === 'unknown') return { kind: 'not repaired', why: before.why, nowMissing: false };
  if (context.cancelled.aborted) return { kind: 'not repaired', why: 'cancelled', nowMissing: false };

  const watch = createWatch(context);
  const command = ['nix-store', '--log-format', 'internal-json', '-v', '--repair-path', path] as const;
  const end = await runCancellable(context, command, {
    environment: localStore,
    onLine: (line) => watch.take(parseInternalJson(line)),
  });
  // The exit code is Nix's opinion; what counts is what is there. A cancelled user still wants to know it.
  const still = { ports: context.ports, cancelled: new AbortController().signal };
  const after = await lookAtPath(path, still, plainly);
  if (after.state === 'sound') return { kind: 'repaired', how: watch.how() };
  const said =
    watch.error() ?? (end.ok ? `nix-store ${endWords(end.value)}` : (end.problem.cause ?? end.problem.kind));
  const missing = (state: PathState) => state.state === 'damaged' && state.finding.kind === 'missing';
  return {
    kind: 'not repaired',
    why: context.cancelled.aborted ? 'cancelled' : said,
    nowMissing: missing(after) && !missing(before),
  };
}

function createWatch({ report }: ActionContext) {
  let from: string | null = null;
  let rebuilt = false;
  let complaint: string | null = null;
  const copies = new Set<string>();
  const source = () => (from === null ? '' : ` from ${from}`);
  let percent = -1;
  /** A download says it every 8 KB. */
  function fetched(now: number): void {
    if (now === percent) return;
    percent = now;
    report({ text: `fetches it${source()}, ${now} %` });
  }

  return {
    take(event: NixEvent): void {
      if (event.kind === 'start' && event.type === activity.substitute && typeof event.fields[1] === 'string')
        from = event.fields[1];
      if (event.kind === 'start' && event.type === activity.copyPath) {
        copies.add(event.id);
        report({ text: `fetches it${source()}` });
      }
      if (event.kind === 'start' && event.type === activity.build) {
        rebuilt = true;
        const [drv] = event.fields;
        report({ text: `rebuilds ${typeof drv === 'string' ? nameOfPath(drv) : 'it'}` });
      }
      if (event.kind === 'result' && event.type === result.progress && copies.has(event.id)) {
        const [done, total] = event.fields;
        if (typeof done === 'number' && typeof total === 'number' && total > 0)
          fetched(Math.floor((done * 100) / total));
      }
      if (event.kind === 'msg' && event.level === 0 && !/ is corrupted or missing!$/.test(event.text))
        complaint = (event.raw ?? event.text).split('\n')[0]?.replace(/^error: /, '') ?? null;
    },
    how: () => (rebuilt ? 'rebuilt' : from === null ? 'put back' : `from ${from}`),
    error: () => complaint,
  };
}
