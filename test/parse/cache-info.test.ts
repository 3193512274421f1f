import { expect, test } from 'vitest';
import { parseCacheInfo, parseNarInfo } from '../../src/parse/cache-info.ts';

test('of cache.nixos.org', () => {
  expect(parseCacheInfo('StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n')).toEqual({
    storeDirectory: '/nix/store',
    priority: 40,
    massQuery: true,
  });
});

test.each(['', '<html>Please log in: here</html>', 'Priority: 40', '404: not found'])(
  '%j is none',
  (text) => {
    expect(parseCacheInfo(text)).toBeNull();
  },
);

test('a path with two signatures, and one without', () => {
  const text = `StorePath: /nix/store/00000000000000000000000000000000-hello-2.12
URL: nar/1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3.nar.xz
Compression: xz
FileHash: sha256:1w1f
FileSize: 50264
NarSize: 226488
Sig: cache.nixos.org-1:abc/def==
Sig: box-1:ghi==
`;
  expect(parseNarInfo(text)).toMatchObject({
    url: 'nar/1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3.nar.xz',
    fileBytes: 50264,
    keys: ['cache.nixos.org-1', 'box-1'],
  });
  expect(parseNarInfo('StorePath: /nix/store/x\nURL: nar/x.nar\n')).toMatchObject({
    url: 'nar/x.nar',
    fileBytes: null,
    keys: [],
  });
  expect(parseNarInfo('<html>')).toBeNull();
});

test('of what is kept for ever there is no more than a cache that is well would say', () => {
  const many = `Sig: ${'k'.repeat(5000)}:abc\n`.repeat(40);
  const info = parseNarInfo(`StorePath: /nix/store/x\nURL: nar/x.nar\n${many}`);
  expect(info?.keys.join('').length).toBeLessThan(2000);
  // Of all of them one may be the one that holds.
  expect(info?.signatures).toHaveLength(40);
  expect(parseCacheInfo(`StoreDir: /${'x'.repeat(60_000)}\n`)?.storeDirectory?.length).toBeLessThan(5000);
});
