/** `ip -json address` and `ip -json route` of iproute2: addresses that somebody has set, and ways out. */
import { isFields } from '../base/fields.ts';
import type { Gateway, StaticAddress } from '../model/recover/own-machine.ts';

/**
 * `[{"ifname":"eth0","addr_info":[{"family":"inet","local":"192.0.2.7","prefixlen":24,"scope":"global","dynamic":true}]}]`
 * What DHCP or a router gave ends (`dynamic`), and is left out. Null: it is none.
 */
export function parseStaticAddresses(text: string): readonly StaticAddress[] | null {
  return (
    rowsOf(text)?.flatMap(({ ifname, addr_info }) => {
      if (typeof ifname !== 'string' || ifname === 'lo' || !Array.isArray(addr_info)) return [];
      return addr_info.filter(isFields).flatMap((one): StaticAddress[] => {
        const { family, local, prefixlen, scope, dynamic, temporary } = one;
        if (scope !== 'global' || dynamic === true || temporary === true) return [];
        if (typeof local !== 'string' || typeof prefixlen !== 'number') return [];
        if (!isAddress(local) || !Number.isInteger(prefixlen) || prefixlen < 0 || prefixlen > 128) return [];
        if (family !== 'inet' && family !== 'inet6') return [];
        return [
          { interface: ifname, family: family === 'inet' ? 4 : 6, address: local, prefixLength: prefixlen },
        ];
      });
    }) ?? null
  );
}

/** `[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","protocol":"static"}]`: those that DHCP or a router named are left out. */
export function parseGateways(text: string, family: 4 | 6): readonly Gateway[] | null {
  return (
    rowsOf(text)?.flatMap(({ dst, gateway, dev, protocol }) =>
      dst === 'default' &&
      typeof gateway === 'string' &&
      typeof dev === 'string' &&
      isAddress(gateway) &&
      protocol !== 'dhcp' &&
      protocol !== 'ra'
        ? [{ interface: dev, family, address: gateway }]
        : [],
    ) ?? null
  );
}

function isAddress(text: string): boolean {
  return /^[0-9a-fA-F:.]{2,45}$/.test(text);
}

function rowsOf(text: string) {
  try {
    const rows: unknown = JSON.parse(text.trim() === '' ? '[]' : text);
    return Array.isArray(rows) ? rows.filter(isFields) : null;
  } catch {
    return null;
  }
}
