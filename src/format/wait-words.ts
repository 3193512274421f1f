/** What a rebuild stands still for, and what the tool around Nix does, in words. */
import { formatDuration } from '../base/duration.ts';
import { listText } from '../base/plural.ts';
import { baseName, oneLine } from '../base/text.ts';
import { nameOfDerivation, nameOfPath } from '../model/nix-store/store-path.ts';
import type { WaitFor } from '../model/rebuild/activity.ts';
import type { Rebuild, Step, Wait } from '../model/rebuild/rebuild.ts';
import type { ToolStep } from '../model/rebuild/tool-step.ts';
import { placeName } from './causes.ts';

/** Who holds the lock of an output, in words; null where nobody is seen. */
export type HolderOf = (paths: readonly string[]) => string | null;

type Words = {
  readonly [Kind in WaitFor['kind']]: (what: Extract<WaitFor, { kind: Kind }>, holderOf: HolderOf) => string;
};

const words: Words = {
  'output-lock': ({ paths }, holderOf) => {
    const holder = holderOf(paths);
    const names = [...new Set(paths.map((path) => nameOfPath(path.replace(/\.lock$/, ''))))];
    return `the lock of ${names[0] ?? 'an output'}${holder === null ? '' : ` (held by ${holder})`}`;
  },
  machine: () => 'a machine',
  'build-user': () => 'a build user',
  'upload-lock': ({ host }) => `the upload lock of ${placeName(host)}`,
  'garbage-collection': () => 'a garbage collection',
  'store-lock': () => 'the lock of the store',
  'profile-lock': ({ path }) => `the lock of the profile ${baseName(path)}`,
  'fetch-lock': ({ input }) => `another Nix that fetches ${oneLine(input)}`,
  database: () => 'the database, which is busy',
  other: ({ text }) => oneLine(text.replace(/^waiting for /, '')),
};

/** `the lock of firefox-130.0 (held by nix build)`. */
export function waitForText<What extends WaitFor>(what: What, holderOf: HolderOf): string {
  return (words[what.kind] as (what: What, holderOf: HolderOf) => string)(what, holderOf);
}

/** Those of the longest first. */
export function waitsOf({ waits }: Rebuild): readonly Wait[] {
  return [...waits.values()].sort((a, b) => a.sinceMs - b.sinceMs);
}

/** `waits for a build user 0:12`; of several the longest, and how many others. */
export function waitingText(waits: readonly Wait[], nowMs: number, holderOf: HolderOf): string {
  const [first, ...others] = waits;
  if (first === undefined) return '';
  const since = formatDuration((nowMs - first.sinceMs) / 1000);
  const who =
    first.drv === null || first.for.kind === 'output-lock' ? '' : ` for ${nameOfDerivation(first.drv)}`;
  const more = others.length === 0 ? '' : ` (+${others.length})`;
  return `waits for ${waitForText(first.for, holderOf)}${who} ${since}${more}`;
}

const stepWords: Readonly<Record<ToolStep, string>> = {
  'building-nix': 'building Nix',
  building: 'building',
  copying: 'copying the configuration',
  profile: 'setting the profile',
  checks: 'checking before the switch',
  bootloader: 'installing the bootloader',
  stopping: 'stopping units',
  activating: 'activating',
  'restarting-systemd': 'restarting systemd',
  'reloading-users': 'reloading units of users',
  reloading: 'reloading units',
  restarting: 'restarting units',
  starting: 'starting units',
  done: 'done',
};

/** `restarting units nginx.service and sshd.service`. */
export function stepText({ step, names }: Pick<Step, 'step' | 'names'>): string {
  const listed = listText(names.map(oneLine), 2);
  return listed === '' ? stepWords[step] : `${stepWords[step]}${step === 'activating' ? ':' : ''} ${listed}`;
}

/** What it does beside building, which has numbers of its own; null before it does. */
export function presentStep({ steps }: Rebuild): Step | null {
  const last = steps.at(-1);
  return last === undefined || last.step === 'building' || last.step === 'building-nix' ? null : last;
}
