/** How Nix is called for a check: through the daemon, as builds are, and without remembering what caches said before. */
import { withoutEscapes } from '../../base/text.ts';
import type { ProbeContext } from '../probe.ts';

const socket = '/nix/var/nix/daemon-socket/socket';

/** Root would else work on the store by itself, by other settings and from another environment than builds have. */
export async function daemonEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  { ports: { files } }: Pick<ProbeContext, 'ports'>,
): Promise<Readonly<Record<string, string>>> {
  if (environment.NIX_REMOTE !== undefined) return {};
  return (await files.ownerSlow(socket, { follow: true })).ok ? { NIX_REMOTE: 'daemon' } : {};
}

/** From ~/.cache/nix Nix answers an hour for what a cache has not, and 30 days for what it has. A daemon heeds it from who is trusted. */
export const askAnew = [
  ...['--option', 'narinfo-cache-negative-ttl', '0'],
  ...['--option', 'narinfo-cache-positive-ttl', '0'],
] as const;

/** Of src/libstore/{daemon,uds-remote-store}.cc. */
const refused =
  /cannot connect to (?:daemon|socket) at|not allowed to connect to the Nix daemon|user .* is not allowed/;

export function isRefused(lines: readonly string[]): boolean {
  return lines.some((line) => refused.test(line));
}

/** The first complaint, in one line. */
export function complaintOf(lines: readonly string[]): string | null {
  const plain = lines.map((line) => withoutEscapes(line).trim()).filter((line) => line !== '');
  const error =
    plain.find((line) => line.startsWith('error:')) ?? plain.find((line) => !/^warning:/.test(line));
  return error?.replace(/^error:\s*/, '').slice(0, 200) ?? null;
}
