/** How a machine comes to its addresses: who runs, and what somebody has set by hand. */
import { listText } from '../../base/plural.ts';
import { orNull } from '../../base/problem.ts';
import type { OwnNetwork } from '../../model/recover/own-machine.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { parseGateways, parseStaticAddresses } from '../../parse/ip-json.ts';
import type { Ports } from '../../platform/ports.ts';

export interface NetworkRead {
  readonly network: OwnNetwork;
  readonly missing: readonly string[];
}

const askMs = 5000;

export async function readNetwork({ files, spawn }: Pick<Ports, 'files' | 'spawn'>): Promise<NetworkRead> {
  const isThere = async (path: string) => (await files.ownerSlow(path, slowly)).ok;
  const by = (await isThere('/run/NetworkManager'))
    ? 'networkmanager'
    : (await isThere('/run/systemd/netif/links'))
      ? 'networkd'
      : 'scripted';
  const missing: string[] = [];
  if (by !== 'networkmanager' && (await isThere('/run/wpa_supplicant')))
    missing.push('Wi-Fi: what wpa_supplicant knows is not taken over');
  const kernelNames = /(?:^|\s)net\.ifnames=0(?:\s|$)/.test(orNull(files.read('/proc/cmdline')) ?? '');
  if (by === 'networkmanager') {
    const kept = orNull(await files.listSlow('/etc/NetworkManager/system-connections', slowly)) ?? [];
    if (kept.length === 0)
      missing.push('NetworkManager has no connections in /etc: cables get their address by DHCP, Wi-Fi none');
    return { network: { by, addresses: [], gateways: [], nameServers: [], kernelNames }, missing };
  }
  const ask = async (...args: readonly string[]) => {
    const run = files.live ? await spawn.run('ip', ['-json', ...args], { timeoutMs: askMs }) : null;
    return run?.ok === true && run.value.exitCode === 0 ? run.value.stdout : 'none';
  };
  const [found, way4, way6] = await Promise.all([
    ask('address', 'show').then(parseStaticAddresses),
    ask('-4', 'route', 'show', 'default').then((text) => parseGateways(text, 4)),
    ask('-6', 'route', 'show', 'default').then((text) => parseGateways(text, 6)),
  ]);
  if (found === null)
    missing.push(
      'addresses were not read (ip of iproute2): whatever was set by hand gets its address by DHCP',
    );
  const isReal = await Promise.all(
    (found ?? []).map((one) => isThere(`/sys/class/net/${one.interface}/device`)),
  );
  const addresses = (found ?? []).filter((_, at) => isReal[at]);
  const others = (found ?? []).filter((_, at) => !isReal[at]);
  const names = new Set(addresses.map((one) => one.interface));
  const gateways = [...(way4 ?? []), ...(way6 ?? [])].filter((one) => names.has(one.interface));
  // Of containers and virtual machines there are many, and they come back with what makes them.
  const leading = [...(way4 ?? []), ...(way6 ?? [])].filter((one) =>
    others.some((it) => it.interface === one.interface),
  );
  if (leading.length > 0)
    missing.push(
      `the way out leads through ${listText(leading.map((one) => one.interface))}, which is not taken over`,
    );
  return {
    network: {
      by,
      addresses,
      gateways,
      kernelNames,
      nameServers: addresses.length === 0 ? [] : await nameServersOf(files),
    },
    missing,
  };
}

/** resolv.conf(5); that of systemd-resolved is itself. */
async function nameServersOf(files: Ports['files']): Promise<readonly string[]> {
  const text = orNull(await files.readSlow('/etc/resolv.conf', slowly)) ?? '';
  const named = [...text.matchAll(/^nameserver\s+([0-9a-fA-F:.]+)\s*$/gm)].map(([, one = '']) => one);
  return [...new Set(named)].filter((one) => !/^(?:127\.|::1$)/.test(one)).slice(0, 3);
}
