/** Caches and builders in words: how each does, what is wrong with it. */
import { formatDuration, lengthText, tookText } from '../base/duration.ts';
import { isKnown, type Maybe, unknown } from '../base/number.ts';
import { listText } from '../base/plural.ts';
import type { BuilderTrouble, CacheTrouble, CheckedCache } from '../model/cache-check/cache-check.ts';
import type { IdleReason } from '../model/caches/builder-idle.ts';
import type { BuilderRow } from '../model/caches/builder-rows.ts';
import type { CacheRow, CacheState } from '../model/caches/cache-rows.ts';
import type { Tone } from './paint.ts';

export interface Words {
  /** At most 13 columns. */
  readonly short: string;
  /** One clause. */
  readonly text: string;
  readonly tone?: Tone;
}

const cacheTroubles: Readonly<Record<CacheTrouble, Words>> = {
  unreachable: { short: 'unreachable', text: 'it cannot be reached', tone: 'danger' },
  timeout: { short: 'no answer', text: 'it did not answer in time', tone: 'danger' },
  denied: { short: 'denied', text: 'it wants a password or token', tone: 'danger' },
  status: { short: 'HTTP error', text: 'it answers with an error', tone: 'danger' },
  'no-cache': { short: 'no cache', text: 'what answers there is no binary cache', tone: 'danger' },
  'other-store': { short: 'other store', text: 'it is of another store directory', tone: 'danger' },
  unsigned: { short: 'unsigned', text: 'what it has is signed by nobody', tone: 'warning' },
  untrusted: { short: 'untrusted key', text: 'what it has is signed by no trusted key', tone: 'warning' },
  'bad-signature': { short: 'bad signature', text: 'a signature by a trusted key is wrong', tone: 'danger' },
  'broken-nar': { short: 'broken', text: 'it names an archive that it does not have', tone: 'danger' },
};

const cacheStates: Readonly<Record<CacheState, Words>> = {
  ...cacheTroubles,
  answers: { short: 'answers', text: 'it answers', tone: 'ok' },
  partly: { short: 'in part', text: 'some questions to it had no answer', tone: 'warning' },
  silent: { short: 'no answer', text: 'no question to it had an answer', tone: 'danger' },
  off: { short: 'left out', text: 'Nix leaves it out for a while, for it failed', tone: 'warning' },
  unknown: { short: 'not asked', text: 'neither a rebuild nor the last check has asked it', tone: 'muted' },
};

export function cacheStateWords({ state, asked, checked }: CacheRow): Words {
  const words = cacheStates[state];
  const status = state === 'status' ? (checked?.httpStatus ?? asked?.httpStatus) : null;
  return status == null
    ? words
    : { ...words, short: `HTTP ${status}`, text: `${words.text}, HTTP ${status}` };
}

export function cacheTroubleWords(trouble: CacheTrouble): Words {
  return cacheTroubles[trouble];
}

export const builderTroubles: Readonly<Record<BuilderTrouble, Words>> = {
  unreachable: { short: 'unreachable', text: 'it cannot be reached', tone: 'danger' },
  'host-key': { short: 'host key', text: 'its host key is not the one that is known', tone: 'danger' },
  login: { short: 'no login', text: 'it does not let the daemon of this machine log in', tone: 'danger' },
  untrusted: {
    short: 'not trusted',
    text: 'its daemon does not trust the user that logs in',
    tone: 'danger',
  },
  system: { short: 'other system', text: 'it does not build for its systems', tone: 'warning' },
  features: { short: 'features', text: 'its features are not those that are wanted', tone: 'warning' },
  slots: { short: 'full', text: 'all its slots were taken', tone: 'warning' },
  refused: { short: 'line refused', text: 'its line is one that Nix refuses', tone: 'danger' },
  slow: { short: 'too slow', text: 'it did not build within its time', tone: 'warning' },
  failed: { short: 'build failed', text: 'it built, and failed', tone: 'danger' },
};

/** What it does, or why it does nothing. */
export function builderStateWords({ idle, builds, busy }: BuilderRow): Words {
  if (idle === null) {
    const built = builds.length > 0;
    return built
      ? { short: 'builds', text: `it builds ${listText(builds, 4)}`, tone: 'ok' }
      : { short: 'builds', text: `${busy} of its slots are taken; by what is not seen`, tone: 'ok' };
  }
  return idleWords(idle);
}

function idleWords(idle: IdleReason): Words {
  switch (idle.kind) {
    case 'refused':
      return {
        short: 'refused',
        text: 'Nix refuses a line of its builders, and with it all of them',
        tone: 'danger',
      };
    case 'no-slots':
      return { short: 'no slots', text: 'its line gives it no jobs', tone: 'warning' };
    case 'check': {
      const words = builderTroubles[idle.trouble];
      return { ...words, text: `the last check found: ${words.text}` };
    }
    case 'nothing':
      return { short: 'idle', text: 'nothing to build', tone: 'muted' };
    case 'system':
      return {
        short: 'other system',
        text: `what waits is for ${listText(idle.wanted)}`,
        tone: 'muted',
      };
    case 'unknown':
      return { short: 'idle', text: 'nothing, and why is not known', tone: 'muted' };
  }
}

/** Features, those that a build must want with `*`. */
export function featuresText({ features, mandatory }: Pick<BuilderRow, 'features' | 'mandatory'>): string {
  return features.map((name) => (mandatory.includes(name) ? `${name}*` : name)).join(' ');
}

/** `1/4`; `–/4`: it cannot be seen how many are taken. */
export function slotsText({ busy, slots }: Pick<BuilderRow, 'busy' | 'slots'>): string {
  return `${busy ?? unknown}/${slots ?? unknown}`;
}

/** A length for a cell: `80 ms`, `1.2 s`, `8:20`. */
export function secCell(sec: Maybe): string {
  if (!isKnown(sec)) return unknown;
  return sec < 119.5 ? tookText(sec * 1000) : formatDuration(sec);
}

/** `5 min ago`; of another day, or a clock that was put back, the same. */
export function agoText(atMs: number, nowMs: number): string {
  return `${lengthText(Math.max(0, nowMs - atMs))} ago`;
}

/** Keys that signed what the last check saw; `*`: one that is not trusted here. */
export function keysText({ checked }: Pick<CacheRow, 'checked'>, trusted: readonly string[] | null): string {
  const keys = checked?.keys ?? [];
  return keys.map((key) => (trusted === null || trusted.includes(key) ? key : `${key}*`)).join(' ');
}

export const signatureWords: Readonly<Record<NonNullable<CheckedCache['signature']>, string>> = {
  good: 'a trusted key has signed it, and the signature holds',
  bad: 'the signature by a trusted key is wrong',
  untrusted: 'no trusted key has signed it',
  unsigned: 'nobody has signed it',
  'not-needed': 'it needs no signature: its name is made of its contents',
  'unknown-kind': 'it is signed in a way that cannot be checked here',
};
