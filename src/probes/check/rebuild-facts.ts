/** Reads what a rebuild will meet: everything side by side, with a deadline each, and nothing is changed. */
import { fail, type Result } from '../../base/problem.ts';
import type { MachineFacts, RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import type { Limits } from '../evaluate.ts';
import type { HttpOptions } from '../http-get.ts';
import type { ProbeContext } from '../probe.ts';
import { units } from '../units.ts';
import { readBootFacts } from './boot-facts.ts';
import { readDryRun } from './dry-run.ts';
import { askBuilders, askCaches } from './peers.ts';
import { readSettings } from './settings.ts';
import { askDaemon, readMemoryLimit, readState } from './state-facts.ts';
import { within } from './within.ts';

const quickMs = 15_000;

export interface RebuildWanted {
  /** As `nixos-rebuild --flake` takes it; null: what a rebuild without words takes. */
  readonly flake: string | null;
  /** False: nothing is evaluated. */
  readonly evaluation: boolean;
  readonly limits?: Limits;
  readonly environment: HttpOptions['environment'];
  /** Two looks at the machine. */
  readonly look: () => Promise<MachineFacts>;
}

export async function readRebuildFacts(
  { flake, evaluation, limits, environment, look }: RebuildWanted,
  context: ProbeContext,
): Promise<RebuildFacts> {
  const { files, native } = context.ports;
  const [machine, dryRun, peers, found, state] = await Promise.all([
    look(),
    evaluation ? evaluated() : null,
    readPeers(environment, context),
    live('systemd', context, (bounded) => within(quickMs, 'systemctl', bounded, (one) => units(null, one))),
    readState(files),
  ]);
  const boot = machine.places?.boot ?? null;
  const daemonSaid =
    files.live && machine.daemon.socket === 'present'
      ? await within(quickMs, 'nix store ping', context, askDaemon)
      : null;
  return {
    ...{ machine, dryRun, state, daemonSaid, ...peers },
    units: found,
    boot: boot === null ? null : await readBootFacts(boot, outputIn(dryRun), files),
    memoryLimit: files.live ? readMemoryLimit(files) : null,
    asRoot: native.uid === 0,
  };

  function evaluated() {
    return live('the evaluation', context, (bounded) =>
      readDryRun({ flake, ...(limits !== undefined && { limits }) }, bounded),
    );
  }
}

function outputIn(dryRun: RebuildFacts['dryRun']): string | null {
  const plan = dryRun?.ok === true ? dryRun.value.plan : null;
  return plan?.ok === true ? plan.value.output : null;
}

type Peers = Pick<RebuildFacts, 'settings' | 'caches' | 'builders' | 'refusedMachines' | 'unreadMachines'>;

async function readPeers(environment: HttpOptions['environment'], context: ProbeContext): Promise<Peers> {
  const known = await live('nix show-config', context, (bounded) =>
    within(quickMs, 'nix show-config', bounded, readSettings),
  );
  if (!known.ok)
    return { settings: known, caches: [], builders: [], refusedMachines: [], unreadMachines: [] };
  const { settings, builders } = known.value;
  const [caches, asked] = await Promise.all([
    askCaches(settings.substituters, environment, context),
    askBuilders(builders, context),
  ]);
  return { settings: { ok: true, value: settings }, caches, ...asked };
}

/** Programs tell of the machine that they run on, and not of one whose files were captured. */
async function live<T>(
  where: string,
  context: ProbeContext,
  read: (context: ProbeContext) => Promise<Result<T>>,
): Promise<Result<T>> {
  return context.ports.files.live
    ? read(context)
    : fail('unsupported', where, 'not of a captured tree: it is asked of this machine');
}
