/**
 * A switch that waits for a unit, one that was left over, an activation that stands, and what is true after one that did not
 * end well: what runs, what the next boot starts, which units failed.
 */
import { identityKey, type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { isActivating } from '../../model/forest/derive-activation.ts';
import type { Client, Model } from '../../model/model.ts';
import type { FollowedRebuild } from '../../model/rebuild/followed.ts';
import { contra, pro } from '../judgement.ts';
import { noneSeen, type Rule, refuted, type Scene, unlikely } from '../rule.ts';
import { askedUnits, probedUnits, switchUnit } from './probed-units.ts';
import { endedSwitch } from './switch-end.ts';
import { unattended } from './unattended.ts';

export const switchRule: Rule = {
  id: 'switch',
  probes: ['units'],
  look(scene) {
    const { model } = scene;
    const seenHere = [
      ...model.clients.flatMap((client) => ofClient(client, scene)),
      ...model.rebuilds.flatMap((followed) => [...refusedUnit(followed, scene), ...endedSwitch(followed)]),
    ];
    const findings = [
      ...seenHere,
      ...probedUnits(scene).filter((one) => !seenHere.some((other) => isSameUnit(one, other))),
      ...unattended(scene),
    ];
    const seen = model.clients.length > 0 || model.rebuilds.length > 0;
    const hidden = isHidden(model);
    // Whoever waits for a unit waits for a job of systemd.
    const asked = askedUnits(scene);
    if (asked !== null && asked.jobs.length === 0)
      return { findings, ground: (hidden ? unlikely : refuted)(contra('probe.units.jobs', 0, 'none')) };
    if (seen) return { findings, ground: hidden ? unlikely() : refuted() };
    return { findings, ground: noneSeen('clients', model) };
  },
};

/** systemd adds `.service` to the name that it was told. */
function isSameUnit({ found: one }: FindingDraft, { found: other }: FindingDraft): boolean {
  if (one.kind !== 'switch-left-over' || other.kind !== 'switch-left-over') return false;
  return one.unit.replace(/\.service$/, '') === other.unit.replace(/\.service$/, '');
}

/** /proc shows nobody else's processes (hidepid): that none is seen proves nothing. */
function isHidden({ problems }: Model): boolean {
  return problems.some(({ kind, where }) => kind === 'denied' && where === '/proc');
}

/** Another switch, of a client that is gone or of one that still waits. `than` null: nobody knows who waits. */
function olderSwitch(than: ProcessIdentity | null, { clients }: Model): Client | null {
  const isOlder = (one: Client) =>
    than === null || (!sameProcess(one, than) && one.startTime <= than.startTime);
  const isSwitch = ({ tool, activation }: Client) =>
    tool === 'switch-to-configuration' || activation !== null;
  return clients.find((one) => isSwitch(one) && isOlder(one)) ?? null;
}

function ofClient(client: Client, scene: Scene): readonly FindingDraft[] {
  const { model, since, nowMs, thresholds } = scene;
  const { waitsForUnit: unit, activation, cpuPercent, pid, startTime, tool } = client;
  const key = identityKey(client);
  // Where its CPU is not told, an activation may be at work; who waits for a unit says so itself.
  const idle = cpuPercent === null ? unit !== undefined : cpuPercent < thresholds.idleCpuPercent;
  const sinceMs = since(
    `waits ${key} ${unit ?? activation?.child?.pid}`,
    idle && (unit !== undefined || isActivating(client)),
  );
  if (sinceMs === null || nowMs - sinceMs < thresholds.pauseSec * 1000) return [];
  const long = nowMs - sinceMs >= thresholds.switchSec * 1000;
  const subject = { kind: 'client', pid, startTime } as const;
  const evidence = [
    ...(cpuPercent === null ? [] : [pro('cpu', Math.round(cpuPercent), 'cpu', sinceMs)]),
    ...(unit === undefined ? [] : [pro('probe.units', unit, 'text', sinceMs)]),
    ...jobsOf(unit, scene),
  ];
  const level = long ? 'warning' : 'ok';
  const common = { subject, level, evidence, sinceMs, probe: 'units' } as const;
  // Its own switch is joined to it, and then waits for a unit of its own.
  const ownUnit = unit !== undefined && switchUnit.test(unit);
  if (ownUnit && activation === null) {
    const older = olderSwitch(client, model);
    if (older !== null) {
      const { ageSec, waitsForUnit: waited = null } = older;
      return [
        {
          ...common,
          state: 'confirmed',
          found: { kind: 'switch-waits', pid, tool, unit, older: { pid: older.pid, ageSec, unit: waited } },
        },
      ];
    }
    // Of what is hidden, or not of this process table, nobody knows whether it is there.
    if (isHidden(model) || model.readAtMs.forest === undefined) return [];
    return [
      {
        ...common,
        state: saidToExist(client, model) ? 'confirmed' : 'likely',
        found: { kind: 'switch-left-over', unit, waiterPid: pid },
      },
    ];
  }
  if (unit !== undefined && !ownUnit)
    return [{ ...common, state: 'confirmed', found: { kind: 'switch-waits', pid, tool, unit, older: null } }];
  if (!isActivating(client)) return [];
  const child = activation?.child ?? null;
  return [
    {
      ...common,
      state: long ? 'likely' : 'possible',
      found: { kind: 'activation-stands', pid, tool, step: stepOf(client, model), child },
    },
  ];
}

/** What systemd says to a probe of the unit that is waited for; of all jobs where nobody knows for which. */
function jobsOf(unit: string | undefined, scene: Scene): FindingDraft['evidence'] {
  const asked = askedUnits(scene);
  // Of a unit that runs, and is waited for, there is no job.
  if (asked === null || (unit !== undefined && switchUnit.test(unit))) return [];
  const name = unit?.includes('.') === false ? `${unit}.service` : unit;
  const own = asked.jobs.filter((job) => (name === undefined ? job.state === 'running' : job.unit === name));
  if (own.length === 0) return unit === undefined ? [] : [contra('probe.units.jobs', 0, 'none')];
  return own
    .slice(0, 3)
    .map((job) => pro('probe.units.jobs', `${job.unit} ${job.type} ${job.state}`, 'text'));
}

/** The part of the activation that its log named last. */
function stepOf(of: Client, { rebuilds }: Model): string | null {
  const own = rebuilds.find(({ client }) => client !== null && sameProcess(client, of));
  const steps = own?.rebuild.steps ?? [];
  const last = steps.at(-1);
  if (last === undefined) return null;
  const name = last.names.at(-1);
  return name === undefined ? last.step : `'setting up ${name}'`;
}

function unitsRefused({ rebuild }: FollowedRebuild): readonly string[] {
  return rebuild.toolFailures.flatMap(({ reason, names }) => (reason === 'lock' ? names : []));
}

function saidToExist(of: Client, { rebuilds }: Model): boolean {
  return rebuilds.some(
    (one) => one.client !== null && sameProcess(one.client, of) && unitsRefused(one).length > 0,
  );
}

/** systemd-run gave up, for a unit of that name is there: with an older switch in it, or nobody. */
function refusedUnit(followed: FollowedRebuild, { model }: Scene): readonly FindingDraft[] {
  const [unit] = unitsRefused(followed);
  if (unit === undefined) return [];
  const { client } = followed;
  const waiter = client === null ? undefined : model.clients.find((one) => sameProcess(one, client));
  // Told of the client that still stands there.
  if (waiter?.waitsForUnit !== undefined) return [];
  const older = olderSwitch(client, model);
  const evidence = [pro('failures.unit', unit, 'text')];
  const common = { subject: { kind: 'unit', unit }, level: 'warning', evidence, sinceMs: null } as const;
  if (older !== null) {
    const { pid, ageSec, waitsForUnit = null } = older;
    const found = {
      kind: 'switch-waits',
      pid: waiter?.pid ?? pid,
      tool: waiter?.tool ?? 'nixos-rebuild',
      unit,
      older: { pid, ageSec, unit: waitsForUnit },
    } as const;
    return [{ ...common, state: 'confirmed', found, probe: 'units' }];
  }
  const seen = !isHidden(model) && model.readAtMs.forest !== undefined;
  return [
    {
      ...common,
      state: seen ? 'confirmed' : 'possible',
      found: { kind: 'switch-left-over', unit, waiterPid: null },
      probe: 'units',
    },
  ];
}
