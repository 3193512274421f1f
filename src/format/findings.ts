/** The words of what was found, and of what may be: a row a kind. */
import { lengthText } from '../base/duration.ts';
import { shorten } from '../base/shorten.ts';
import { printable } from '../base/text.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import type { Found } from '../model/diagnosis/found.ts';
import type { HypothesisId, Untested } from '../model/diagnosis/hypothesis.ts';
import type { Model } from '../model/model.ts';
import { diskWords, volumeWords } from './findings-disk.ts';
import { memoryWords } from './findings-memory.ts';
import { spaceWords } from './findings-space.ts';
import { storeWords } from './findings-store.ts';
import { waitWords } from './findings-waits.ts';
import type { FoundWords } from './found-words.ts';

/** `A build is stuck`: what may be so. */
export const hypothesisTitles: Readonly<Record<HypothesisId, string>> = {
  build: 'A build is stuck or loops',
  evaluation: 'The evaluation loops or leaks',
  'build-leak': 'A build leaks memory',
  elsewhere: 'Something that is not Nix',
  'memory-limit': 'A limit of memory is met',
  'oom-killer': 'OOM killer off or misaimed',
  space: 'Space or inodes are used up',
  disk: 'A disk fails',
  volume: 'LVM, LUKS, md, ZFS or btrfs',
  lock: 'A lock is held',
  cache: 'A cache or the network',
  builder: 'A remote builder',
  'post-build-hook': 'The post-build hook',
  switch: 'A switch waits or is left over',
  'left-over': 'Zombies and builds left over',
  'process-limit': 'Process and file limits',
  paused: 'Paused or frozen',
  store: 'The store is damaged',
};

const foundWords = {
  ...memoryWords,
  ...spaceWords,
  ...diskWords,
  ...storeWords,
  ...volumeWords,
  ...waitWords,
} as FoundWords<Found>;

/** One sentence, without its full stop. */
export function foundText(found: Found): string {
  return printable((foundWords[found.kind] as (one: Found) => string)(found));
}

/** `firefox-130.0 is stuck, 12 min`, in one line of at most so many columns. */
export function findingText(
  { found, state, sinceMs }: Finding,
  { monotonicMs }: Pick<Model, 'monotonicMs'>,
  { columns = Number.POSITIVE_INFINITY, unicode = true }: { columns?: number; unicode?: boolean } = {},
): string {
  const sec = Math.max(0, monotonicMs - sinceMs);
  const since = sec < 10_000 ? '' : `, ${lengthText(sec)}`;
  const sure = state === 'confirmed' ? '' : `${state}: `;
  return shorten(printable(`${sure}${foundText(found)}${since}`, unicode), columns, unicode);
}

const untestedWords: FoundWords<Untested> = {
  privilege: ({ privilege }) => `needs ${privilege}`,
  log: () => 'needs its log: nixpulse watch',
  probe: () => 'a test tells',
  unsupported: () => 'this system does not tell',
  time: () => 'not watched for long enough',
};

export function untestedText(why: Untested): string {
  return (untestedWords[why.kind] as (one: Untested) => string)(why);
}
