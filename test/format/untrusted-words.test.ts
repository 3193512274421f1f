/** What others chose (a target, a mount point) is one word of a command or one string of Nix. */
import { expect, test } from 'vitest';
import { itemRemedies } from '../../src/format/check-words.ts';
import type { CheckItem } from '../../src/model/advice/check.ts';

const evil = `";$(reboot)'`;
const copied = (item: Pick<CheckItem, 'id' | 'found'>) =>
  itemRemedies({ ...item, subject: null, state: 'failed' }).flatMap((one) => {
    if (one.kind === 'command') return [one.command];
    return one.kind === 'nix' ? one.lines : [];
  });

test('the architecture that a target claims', () => {
  const found = { kind: 'architecture', target: evil, wanted: 'x86_64-linux' } as const;
  expect(copied({ id: 'architecture', found })).toEqual([
    String.raw`nixpkgs.hostPlatform = "\";$(reboot)'";`,
  ]);
});

test('the account that a target names', () => {
  const found = { kind: 'target-trust', user: evil, trusted: false } as const;
  expect(copied({ id: 'target-trust', found })).toEqual([
    String.raw`nix.settings.trusted-users = [ "root" "\";$(reboot)'" ];`,
  ]);
});

test('a mount point', () => {
  const mountPoint = `/mnt/${evil}`;
  const found = { kind: 'temporary', mountPoint, type: 'ext4', freeBytes: 0, freeInodes: null } as const;
  expect(copied({ id: 'temporary', found })).toEqual([
    String.raw`du -xh --max-depth=1 '/mnt/";$(reboot)'\''' | sort -h | tail`,
  ]);
});
