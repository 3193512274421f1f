/** What else is under way, what a switch left behind, and what the diagnosis reads of disks. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { unseen } from '../unseen.ts';

type Facts = Pick<RebuildFacts, 'machine' | 'units'>;

export function runningItems({ machine, units }: Facts): readonly CheckItem[] {
  return [running(machine), switchUnit(units), disksItem(machine)];
}

/** Those that take what a rebuild takes: `nix repl` and what is idle do not. */
const rebuilds =
  /^(?:nixos-rebuild(?:-ng)?|nixos-install|darwin-rebuild|colmena|comin|deploy-rs|switch-to-configuration|nh)$/;

function running({ clients, readAtMs }: Facts['machine']): CheckItem {
  if (readAtMs.forest === undefined)
    return unseen('running', null, { kind: 'unsupported', where: '/proc', cause: 'no processes are seen' });
  const others = clients
    .filter(({ tool, activation, phase }) => rebuilds.test(tool) || activation !== null || isHeavy(phase))
    .map(({ pid, command, activation }) => ({ pid, command, switches: activation !== null }));
  return {
    id: 'running',
    subject: null,
    state: others.length === 0 ? 'ok' : 'warning',
    found: { kind: 'running', others },
  };
}

function isHeavy(phase: Facts['machine']['clients'][number]['phase']): boolean {
  return phase === 'collecting garbage' || phase === 'verifying' || phase === 'installing bootloader';
}

/** nixos-rebuild starts it by this name; where it is there already, it cannot (NixOS/nixpkgs#319440). */
const switchName = /^nixos-rebuild-switch-to-configuration\.service$/;

function switchUnit(units: Facts['units']): CheckItem {
  if (!units.ok) return unseen('switch-unit', null, units.problem);
  const { failed, jobs } = units.value;
  const left = [...failed, ...jobs].map(({ unit }) => unit).filter((unit) => switchName.test(unit));
  return {
    id: 'switch-unit',
    subject: null,
    state: left.length === 0 ? 'ok' : 'failed',
    found: { kind: 'switch-unit', units: [...new Set(left)] },
  };
}

/** Hypotheses of devices and file systems, as the diagnosis judges them; a rebuild may well succeed with them. */
const diskHypotheses: ReadonlySet<string> = new Set(['disk', 'volume']);

export function disksItem({ findings, health }: Facts['machine']): CheckItem {
  if (health === null)
    return unseen('disks', null, {
      kind: 'unsupported',
      where: '/sys/block',
      cause: 'nothing is told of them',
    });
  const found = findings
    .filter(({ hypothesis, level }) => diskHypotheses.has(hypothesis) && level !== 'ok')
    .map((one) => one.found);
  return {
    id: 'disks',
    subject: null,
    state: found.length === 0 ? 'ok' : 'warning',
    found: { kind: 'disks', found },
  };
}
