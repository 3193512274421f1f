/** Whether a generation can be rolled back to, as far as its own files tell: cheap enough for all of them. */

import type { Result } from '../base/problem.ts';
import type { ProfileTarget } from '../model/intents/intent.ts';
import type { Soundness } from '../model/nix-store/generations.ts';
import type { Files, SlowOptions } from '../platform/ports.ts';

/** Asked for by a person, on a machine that may be at its limits. */
export const slowly: SlowOptions = { deadlineMs: 5000 };

const executables: Readonly<Record<ProfileTarget['kind'], readonly string[]>> = {
  system: ['bin/switch-to-configuration', 'activate'],
  'home-manager': ['activate'],
  user: [],
};
/** Links into other store paths; a container has none of the first four. */
const parts: Readonly<Record<ProfileTarget['kind'], readonly string[]>> = {
  system: ['kernel', 'initrd', 'kernel-modules', 'firmware', 'init', 'etc', 'sw', 'systemd'],
  'home-manager': ['home-files', 'home-path'],
  user: ['bin', 'share', 'etc'],
};

type Finding = { readonly flaw: string } | { readonly unknown: string } | null;

/** `target`: what the generation's link says. */
export async function readSoundness(
  files: Files,
  kind: ProfileTarget['kind'],
  target: Result<string>,
): Promise<Soundness> {
  if (!target.ok) {
    return target.problem.kind === 'gone'
      ? { state: 'unsound', flaws: ['its link is gone'] }
      : { state: 'unknown', why: `${target.problem.where}: ${target.problem.kind}` };
  }
  const path = target.value;
  if (!path.startsWith('/')) return { state: 'unsound', flaws: ['its link does not lead to the store'] };
  const itself = await files.ownerSlow(path, { ...slowly, follow: true });
  if (!itself.ok) {
    return itself.problem.kind === 'gone'
      ? { state: 'unsound', flaws: ['dangling: its store path is gone'] }
      : { state: 'unknown', why: `${path}: ${itself.problem.kind}` };
  }
  const findings = await Promise.all([
    ...executables[kind].map((name) => executable(files, path, name)),
    ...parts[kind].map((name) => present(files, path, name)),
  ]);
  const flaws = findings.flatMap((finding) => (finding !== null && 'flaw' in finding ? [finding.flaw] : []));
  if (flaws.length > 0) return { state: 'unsound', flaws };
  const unknown = findings.find((finding) => finding !== null && 'unknown' in finding);
  return unknown && 'unknown' in unknown ? { state: 'unknown', why: unknown.unknown } : { state: 'sound' };
}

async function executable(files: Files, path: string, name: string): Promise<Finding> {
  const found = await files.ownerSlow(`${path}/${name}`, { ...slowly, follow: true });
  if (found.ok) return (found.value.mode & 0o111) === 0 ? { flaw: `${name} is not executable` } : null;
  return found.problem.kind === 'gone'
    ? { flaw: `${name} is missing` }
    : { unknown: `${name}: ${found.problem.kind}` };
}

/** What is not there at all is not expected there; a link that leads nowhere is. */
async function present(files: Files, path: string, name: string): Promise<Finding> {
  const found = await files.ownerSlow(`${path}/${name}`, { ...slowly, follow: true });
  if (found.ok) return null;
  if (found.problem.kind !== 'gone') return { unknown: `${name}: ${found.problem.kind}` };
  const link = await files.ownerSlow(`${path}/${name}`, slowly);
  return link.ok ? { flaw: `${name} is missing from the store` } : null;
}
