/** What a cancel brought, in words. */

import { tookText } from '../base/duration.ts';
import { listText, plural } from '../base/plural.ts';
import { titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { EndedBuild } from './end-builds.ts';
import type { EndingClient } from './ending-client.ts';
import { asRoot, notPermittedClient, shortened } from './wording.ts';

export interface CancelResult {
  readonly clients: readonly EndingClient[];
  /** Builds that the clients had. */
  readonly builds: number;
  /** Builds that had to be ended one by one. */
  readonly orphans: readonly EndedBuild[];
  /** Commands of activations that are no part of what was cancelled any more, each with its pid. */
  readonly begunMeanwhile: readonly string[];
  /** Build directories and sandboxes that nothing of Nix will remove. */
  readonly leftBehind: readonly string[];
  readonly everything: boolean;
  readonly tookMs: number;
  readonly stopped: boolean;
}

export function outcomeOfCancel(cancelled: CancelResult): Outcome {
  const { clients, orphans, begunMeanwhile, leftBehind, everything, tookMs, stopped } = cancelled;
  const of = (kind: EndingClient['kind']) => clients.filter((one) => one.kind === kind);
  const ended = of('ended');
  const remaining = of('ending');
  const denied = of('denied');
  const killed = orphans.filter(({ kind }) => kind === 'ended');
  const leftBuilds = orphans.filter(({ kind }) => kind === 'left' || kind === 'denied');
  const details = [
    ...ended
      .filter(({ strongest }) => strongest === 'KILL')
      .map(({ client }) => `${shortened(client.command)} heard neither INT nor TERM and was killed`),
    ...remaining.map(({ client, strongest }) =>
      strongest === 'KILL'
        ? `${shortened(client.command)} (${client.process.pid}) is still there after KILL`
        : `${shortened(client.command)} (${client.process.pid}) still removes what its builds left`,
    ),
    ...denied.map(({ client }) => notPermittedClient(client)),
    ...of('doubtful').map(({ client, reason }) => `${shortened(client.command)} was not touched: ${reason}`),
    ...of('activating').map(({ client, reason }) => `${shortened(client.command)} ${reason}`),
    ...ended
      .filter(({ client }) => client.activating)
      .map(
        ({ client }) =>
          `${shortened(client.command)} was stopped midway: run it again, or roll back (nixpulse rollback)`,
      ),
    ...begunMeanwhile.map((client) => `an activation began meanwhile and goes on: ${client}`),
    ...of('gone').map(({ client }) => `${shortened(client.command)} had already ended`),
    ...(killed.length === 0
      ? []
      : [`${plural(killed.length, 'build')} had to be killed: ${listText(killed.map(titleOf))}`]),
    ...leftBuilds.map((build) => leftLine(build)),
    ...(leftBehind.length === 0 ? [] : [`left behind on the disk: ${listText(leftBehind)}`]),
  ];
  const touched = ended.length + remaining.length + killed.length + leftBuilds.length;
  if (touched === 0) {
    const nothing = everything ? 'nothing of Nix runs here' : 'there is nothing to cancel';
    const [summary = nothing, ...rest] = details;
    return { status: denied.length > 0 ? 'denied' : 'refused', summary, details: rest };
  }
  const open = remaining.length + leftBuilds.length + denied.length;
  const status = stopped
    ? 'cancelled'
    : open + begunMeanwhile.length === 0
      ? 'done'
      : ended.length + killed.length > 0
        ? 'incomplete'
        : 'failed';
  return { status, summary: summaryOf(cancelled, ended, killed, tookMs), details };
}

function summaryOf(
  { builds, everything }: CancelResult,
  ended: readonly EndingClient[],
  killed: readonly EndedBuild[],
  tookMs: number,
): string {
  const names =
    everything || ended.length > 3
      ? plural(ended.length, 'client')
      : listText(ended.map(({ client }) => shortened(client.command)));
  const all = Math.max(builds, killed.length);
  const parts = [...(ended.length > 0 ? [names] : []), ...(all > 0 ? [plural(all, 'build')] : [])];
  return `cancelled ${parts.join(' with ') || 'nothing'} in ${tookText(tookMs)}`;
}

function leftLine(build: EndedBuild): string {
  if (build.kind === 'denied')
    return `${titleOf(build)}: not permitted; ${asRoot(`kill ${build.target.root.pid}`)}`;
  const stuck = build.left.some(({ state }) => state === 'D');
  const why = stuck ? ' in uninterruptible sleep, ends when the disk answers' : ' still there after KILL';
  return `${titleOf(build)}: ${plural(build.left.length, 'process', 'processes')}${why}`;
}

function titleOf({ target }: EndedBuild): string {
  return titleOfTarget(target);
}
