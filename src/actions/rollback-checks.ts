/** What must hold before a rollback begins: each check says in one line why not, and nothing has changed yet. */

import { problemText, type Result } from '../base/problem.ts';
import { shellWord } from '../base/shell-word.ts';
import { waitedUnit } from '../model/forest/forest-activation.ts';
import type { ProfileTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import {
  type Closure,
  type Generation,
  type GenerationList,
  generationOf,
  unsoundReason,
} from '../model/nix-store/generations.ts';
import {
  type RollbackIntent,
  rollbackCommand,
  switchUnit,
  systemdRun,
} from '../model/nix-store/rollback-plan.ts';
import type { ForestRaw } from '../model/sample.ts';
import { parsePasswd } from '../parse/accounts.ts';
import { saysUnitExists } from '../parse/switch-output.ts';
import type { Ports } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { isBooted } from './booted.ts';
import { findSwitch, holderText } from './switch-lock.ts';
import { refused } from './wording.ts';

/** How generations are read: the samplers', with the directories of a test in tests. */
export interface GenerationReaders {
  /** `/run`. */
  readonly run: string;
  readonly readGenerations: (
    ports: Pick<Ports, 'files'>,
    profile: ProfileTarget,
    options: { readonly only: number },
  ) => Promise<Result<GenerationList>>;
  readonly readClosure: (
    ports: Pick<Ports, 'files' | 'spawn'>,
    storePath: string,
  ) => Promise<Result<Closure>>;
}

export interface Target {
  readonly generation: Generation;
  readonly storePath: string;
}

/** The system's profile is root's; others are their owner's alone, or root would leave files in their homes. */
export async function checkPrivilege(
  intent: RollbackIntent,
  { ports }: ActionContext,
): Promise<Outcome | null> {
  const { files, native } = ports;
  const { profile, generation, mode } = intent;
  const denied = (summary: string): Outcome => ({ status: 'denied', summary, details: [] });
  if (profile.kind === 'system') {
    if (native.may('administer')) return null;
    return denied(`rolling back the system needs root: ${rollbackCommand(profile, generation, mode)}`);
  }
  const owner = await files.ownerSlow(profile.path);
  if (!owner.ok) return refused(`the profile cannot be read: ${problemText(owner.problem)}`);
  if (owner.value.uid === native.uid) return null;
  const passwd = await files.readSlow('/etc/passwd');
  const user = passwd.ok ? parsePasswd(passwd.value).get(owner.value.uid) : undefined;
  const name = user ?? `uid ${owner.value.uid}`;
  const command = rollbackCommand(profile, generation, mode, user ?? `'#${owner.value.uid}'`);
  return denied(`the profile belongs to ${name}: ${command}`);
}

/** Of the system only: other profiles have no lock. */
export async function checkNoSwitch(
  { profile }: RollbackIntent,
  run: string,
  { ports, readForest }: ActionContext,
): Promise<Outcome | null> {
  if (profile.kind !== 'system') return null;
  const holder = await findSwitch(ports.files, run, readForest);
  if (!holder.ok) return refused(`whether a switch runs cannot be told: ${problemText(holder.problem)}`);
  if (holder.value === null) return null;
  const unit = unitOf(holder.value.pid, readForest());
  return refused(
    `a switch runs already: ${holderText(holder.value)}${unit === null ? '' : `, which waits for ${unit}`}`,
    'A second switch would wait for it in silence. Wait until it is done, or end it.',
    ...(unit === null ? [] : [`See why: systemctl status ${shellWord(unit)}`]),
  );
}

/** Unit of systemd that a `systemctl` below it starts or stops; null: none is seen. */
function unitOf(pid: number, forest: ForestRaw | null): string | null {
  if (forest === null) return null;
  const below = new Set([pid]);
  // Parents stand before their children, mostly; two rounds are enough for a switch and its systemctl.
  for (let round = 0; round < 2; round += 1)
    for (const process of forest.processes) if (below.has(process.ppid)) below.add(process.pid);
  return waitedUnit(forest.processes.filter((process) => below.has(process.pid)));
}

const probeTimeoutMs = 10_000;

/**
 * Where systemd runs the switch, is it willing to? As nixos-rebuild asks, before anything is changed: in a
 * chroot systemd-run is there and does not work, and a unit of that name is a switch under way.
 */
export async function probeSystemd(
  run: string,
  { ports, report }: ActionContext,
  dry: boolean,
): Promise<boolean | Outcome> {
  if ((await isBooted(ports.files, run)) === false) return false;
  if (dry) return true;
  const probe = await ports.spawn.run('systemd-run', [...systemdRun, 'true'], { timeoutMs: probeTimeoutMs });
  if (probe.ok && probe.value.exitCode === 0) return true;
  if (probe.ok && saysUnitExists(probe.value.stderr)) {
    // The lock of a switch is free, as was checked before: nobody runs in it, or only somebody who has not come to it yet.
    return refused(
      `systemd still has the unit ${switchUnit}, though no switch holds the lock: it is left over, or has just begun`,
      `See it with: systemctl status ${switchUnit}`,
      `Left over: sudo systemctl reset-failed ${switchUnit}`,
    );
  }
  if (!probe.ok && probe.problem.kind === 'timeout') {
    return refused(`systemd does not answer: it took more than ${probeTimeoutMs / 1000} s to run nothing`);
  }
  report({ lines: ['systemd-run does not work here: switch-to-configuration is run directly'] });
  return false;
}

/** The generation as it is now: there, what was asked for, sound to the last path of its closure. */
export async function findTarget(
  intent: RollbackIntent,
  readers: GenerationReaders,
  { ports, report }: ActionContext,
): Promise<Target | Outcome> {
  const { profile, generation: number } = intent;
  const list = await readers.readGenerations(ports, profile, { only: number });
  if (!list.ok) return refused(`${profile.path} cannot be read: ${problemText(list.problem)}`);
  const generation = generationOf(list.value, number);
  if (generation === null) return refused(`there is no generation ${number} of ${profile.path}`);
  if (intent.storePath !== undefined && generation.storePath !== intent.storePath) {
    return refused(
      `generation ${number} is not what it was when it was chosen`,
      `then: ${intent.storePath}`,
      `now: ${generation.storePath ?? 'unknown'}`,
    );
  }
  const unsound = unsoundReason(generation);
  const { storePath } = generation;
  if (unsound !== null || storePath === null) {
    return refused(`generation ${number} is not sound: ${unsound ?? 'its link cannot be read'}`);
  }
  const here = alreadyThere(profile, generation);
  if (here !== null) return here;

  report({ text: `checks the closure of generation ${number}` });
  const closure = await readers.readClosure(ports, storePath);
  if (!closure.ok) {
    return refused(`the closure of generation ${number} cannot be checked: ${problemText(closure.problem)}`);
  }
  const { missing, paths } = closure.value;
  if (missing.length > 0) {
    return refused(
      `generation ${number} is not sound: ${missing.length} of its ${paths.length} store paths are missing`,
      ...missing.slice(0, 10),
    );
  }
  return { generation, storePath };
}

/**
 * Only what is both: a default that does not run can be activated again, and one that runs but is no longer
 * the default is the way back from a switch that failed.
 */
function alreadyThere(
  profile: ProfileTarget,
  { number, isDefault, isRunning, storePath }: Generation,
): Outcome | null {
  if (profile.kind === 'user') {
    return isDefault ? refused(`generation ${number} is the default already: choose another one`) : null;
  }
  if (!isDefault || !isRunning) return null;
  const again =
    profile.kind === 'system'
      ? `sudo ${storePath}/bin/switch-to-configuration switch`
      : `${storePath}/activate`;
  return refused(
    `generation ${number} is the default and running already: choose another one`,
    `To activate it once more: ${again}`,
  );
}
