/** A run of check-cache in words: what was fetched, what was built, what was wrong. */
import { bytesText } from '../base/bytes.ts';
import { tookText } from '../base/duration.ts';
import type { BuildTest, CacheCheck, FetchTest } from '../model/cache-check/cache-check.ts';
import { fetchFailed } from '../model/cache-check/failed.ts';
import { untestedWords } from './cache-check-words.ts';
import { placeName } from './causes.ts';
import type { Tone } from './paint.ts';

interface Short {
  readonly text: string;
  readonly tone?: Tone;
}

const fetchStates: Readonly<Record<FetchTest['state'], Short>> = {
  hit: { text: 'hit', tone: 'ok' },
  elsewhere: { text: 'elsewhere', tone: 'warning' },
  missing: { text: 'missing', tone: 'warning' },
  failed: { text: 'failed', tone: 'danger' },
  untested: { text: 'untested', tone: 'muted' },
};

const buildStates: Readonly<Record<BuildTest['state'], Short>> = {
  built: { text: 'built', tone: 'ok' },
  declined: { text: 'declined', tone: 'warning' },
  failed: { text: 'failed', tone: 'danger' },
  unconfigured: { text: 'no builders', tone: 'muted' },
  untested: { text: 'untested', tone: 'muted' },
};

export function fetchShort(check: Pick<CacheCheck, 'caches' | 'fetch'>): Short {
  const { text, tone } = fetchStates[check.fetch.state];
  // Without a local cache any will do.
  const isWell = check.fetch.state === 'elsewhere' && !fetchFailed(check);
  return isWell || tone === undefined ? { text } : { text, tone };
}

export function buildShort({ build }: Pick<CacheCheck, 'build'>): Short {
  return buildStates[build.state];
}

/** How many of them are as they should be: `2 of 3`. */
export function wellText(those: readonly { readonly trouble: unknown }[]): string {
  if (those.length === 0) return 'none';
  const well = those.filter(({ trouble }) => trouble === null).length;
  return `${well} of ${those.length}`;
}

function why(of: Pick<FetchTest, 'untested' | 'said'>): string {
  const reason = of.untested === null ? '' : `: ${untestedWords[of.untested]}`;
  return `${reason}${of.said === null ? '' : `: ${of.said}`}`;
}

export function fetchText({ fetch, caches }: Pick<CacheCheck, 'caches' | 'fetch'>): string {
  const hasLocal = caches.some(({ role }) => role === 'local');
  const { state, from, sec, bytes, fetched, removed } = fetch;
  const name = fetch.package ?? 'the package';
  const took = sec === null ? '' : ` in ${tookText(sec * 1000)}`;
  const size = bytes === null ? '' : `, ${bytesText(bytes)}`;
  const place = from === null ? 'a cache' : placeName(from);
  const left =
    removed < fetched ? `; ${fetched - removed} of ${fetched} paths could not be removed again` : '';
  switch (state) {
    case 'hit':
      return `${name} came from ${place}, the local cache${took}${size}${left}`;
    case 'elsewhere':
      return `${name} came from ${place}${hasLocal ? ', not from the local cache' : ''}${took}${size}${left}`;
    case 'missing':
      return `no cache has ${name}${why(fetch)}`;
    case 'failed':
      return `${name} could not be fetched${why(fetch)}${left}`;
    case 'untested':
      return `fetching was not tested${why(fetch)}`;
  }
}

export function buildText({ build }: Pick<CacheCheck, 'build'>): string {
  const { state, builder, sec } = build;
  const took = sec === null ? '' : ` in ${tookText(sec * 1000)}`;
  const who = builder === null ? 'a builder' : placeName(builder);
  switch (state) {
    case 'built':
      return `${who} built what nobody could have${took}`;
    case 'declined':
      return `no builder took what nobody could have${why(build)}`;
    case 'failed':
      return `building elsewhere failed${why(build)}`;
    case 'unconfigured':
      return 'no builders are configured';
    case 'untested':
      return `building elsewhere was not tested${why(build)}`;
  }
}
