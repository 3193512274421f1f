/** The rows of the page of caches and builders, in its order: what the cursor walks through. */
import type { CacheCheck } from '../cache-check/cache-check.ts';
import type { Model } from '../model.ts';
import { type BuilderRow, builderRows } from './builder-rows.ts';
import { type CacheRow, cacheRows } from './cache-rows.ts';

export type PeerRow =
  | { readonly kind: 'cache'; readonly key: string; readonly cache: CacheRow }
  | { readonly kind: 'builder'; readonly key: string; readonly builder: BuilderRow }
  | { readonly kind: 'check'; readonly key: string; readonly check: CacheCheck };

export const peerParts = [
  'caches',
  'rebuilds',
  'builds',
  'derivations',
  'clients',
  'workers',
  'totals',
] as const satisfies readonly (keyof Model)[];

export type PeerModel = Pick<Model, (typeof peerParts)[number] | 'timeMs'>;

/** Checks with the newest first. */
export function peerRows(model: PeerModel): readonly PeerRow[] {
  const { caches } = model;
  return [
    ...cacheRows(model).map((cache) => ({ kind: 'cache', key: `cache ${cache.address}`, cache }) as const),
    ...builderRows(model).map(
      (builder) => ({ kind: 'builder', key: `builder ${builder.address}`, builder }) as const,
    ),
    ...(caches?.checks ?? [])
      .map((check) => ({ kind: 'check', key: `check ${check.startedMs} ${check.endedMs}`, check }) as const)
      .toReversed(),
  ];
}

/** Without a selection, and where it is gone, the first row. */
export function peerIndex(rows: readonly PeerRow[], selected: string | null): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === selected),
  );
}
