/** What runs on the target: who we are there, what it is, whether it can be replaced or switched. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { Target } from '../../model/advice/deploy-target.ts';
import { wayOf } from './way.ts';

/** What nixos-anywhere needs to start an installer in memory (src/nixos-anywhere.sh). */
const kexecNeeds = ['tar', 'cpio', 'setsid'] as const;

/** Nix's name of a `uname -m`. */
const architectures: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  i386: 'i686',
  i486: 'i686',
  i586: 'i686',
  armv8l: 'aarch64',
};

/** Null: who we are there is not known. */
export function rootItem({ account }: Target): CheckItem | null {
  if (account === null) return null;
  const { name: user, privilege: by } = account;
  return {
    id: 'target-root',
    subject: user,
    state: by === null ? 'failed' : 'ok',
    found: { kind: 'target-root', user, by },
  };
}

export function systemItem(target: Target): CheckItem {
  const { distribution, kernelName, tools } = target;
  const way = wayOf(target);
  const container = target.container === 'none' ? null : target.container;
  const missing = way === 'kexec' ? kexecNeeds.filter((tool) => !tools.includes(tool)) : [];
  const isOther = kernelName !== null && kernelName !== 'Linux';
  const state =
    isOther || missing.length > 0 ? 'failed' : container !== null && way === 'kexec' ? 'warning' : 'ok';
  return {
    id: 'target-system',
    subject: null,
    state,
    found: { kind: 'target-system', way, distribution, container, missing, kernelName },
  };
}

/** A processor of 64 bits runs a system of 32. */
export function architectureItem(machine: string, wanted: string): CheckItem {
  const target = `${architectures[machine] ?? machine}-linux`;
  const runs = target === wanted || (target === 'x86_64-linux' && wanted === 'i686-linux');
  return {
    id: 'architecture',
    subject: null,
    state: runs ? 'ok' : 'failed',
    found: { kind: 'architecture', target, wanted },
  };
}
