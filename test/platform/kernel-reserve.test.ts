import { readdirSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createKernelReserve, reserveFiles } from '../../src/platform/kernel-reserve.ts';

/** How many of our descriptors are files like those of the reserve. */
function held(): number {
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      // That of this listing.
      return '';
    }
  });
  return links.filter((link) => link === '/proc/uptime').length;
}

test.skipIf(process.platform !== 'linux')(
  'gives back all of it at once, and takes it again aside',
  async () => {
    const before = held();
    const reserve = createKernelReserve();
    reserve.lend();
    expect(held()).toBe(before);
    await Promise.all([reserve.fill(), reserve.fill()]);
    expect(held()).toBe(before + reserveFiles);
    reserve.lend();
    // The first is on its way back, on the pool.
    expect(held()).toBeLessThanOrEqual(before + 1);
    // While it is filled again there is nothing to give: another look does not wait for it.
    reserve.lend();
    await reserve.fill();
    expect(held()).toBe(before + reserveFiles);
    reserve.lend();
    await reserve.fill();
    expect(held()).toBe(before + reserveFiles);
  },
);
