/**
 * Datagrams to sockets of this machine (unix(7)), as journald and the service manager take them; Node has none. Sent at
 * once or not at all (MSG_DONTWAIT): a receiver that is frozen makes nobody wait.
 */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { fail, ok, type Result } from '../base/problem.ts';
import { loadKoffi } from './koffi.ts';
import type { Datagrams } from './ports.ts';

/** AF_UNIX; SOCK_DGRAM, SOCK_CLOEXEC. */
const unix = 1;
const datagram = 2;
const closeOnExec = 0o2000000;
/** MSG_DONTWAIT, MSG_NOSIGNAL. */
const flags = 0x40 | 0x4000;
/** `sun_path` of `struct sockaddr_un`. */
const longestPath = 108;

/** Loads koffi: called at the start. `unsupported` without it, or where there is no Linux. */
export async function openDatagrams(): Promise<Result<Datagrams>> {
  if (process.platform !== 'linux') return fail('unsupported', 'datagrams', 'they need Linux');
  const koffi = await loadKoffi().catch(() => null);
  if (koffi === null) return fail('unsupported', 'datagrams', 'koffi is not installed');
  const libc = koffi.load(null);
  const open = libc.func('int socket(int domain, int type, int protocol)');
  const send = libc.func(
    'long sendto(int socket, void *bytes, size_t length, int flags, void *address, uint32_t size)',
  );
  const socket = Number(open(unix, datagram | closeOnExec, 0));
  if (socket < 0) return fail('unsupported', 'datagrams', nameOf(koffi.errno()));
  let closed = false;
  return ok({
    send(to, bytes) {
      const address = addressOf(to);
      if (closed || address === null) return fail('malformed', to);
      if (Number(send(socket, bytes, bytes.length, flags, address, address.length)) >= 0)
        return ok(undefined);
      const errno = koffi.errno();
      return fail(errno === constants.errno.EAGAIN ? 'timeout' : 'gone', to, nameOf(errno));
    },
    close() {
      if (!closed) closeSync(socket);
      closed = true;
    },
  });
}

/**
 * `struct sockaddr_un`: the family in the machine's order, and the path. One that begins with `@` is abstract: a NUL in
 * its place, and its length is that of the address.
 */
function addressOf(path: string): Buffer | null {
  const name = Buffer.from(path);
  if (path === '' || path.includes('\0') || name.length >= longestPath) return null;
  const abstract = path.startsWith('@');
  if (!abstract && !path.startsWith('/')) return null;
  const address = Buffer.alloc(2 + name.length + (abstract ? 0 : 1));
  // Every machine that Node runs Linux on is little-endian, but for s390x.
  if (process.arch === 's390x') address.writeUInt16BE(unix, 0);
  else address.writeUInt16LE(unix, 0);
  name.copy(address, 2);
  if (abstract) address[2] = 0;
  return address;
}

function nameOf(errno: number): string {
  const known = Object.entries(constants.errno).find(([, number]) => number === errno);
  return known?.[0] ?? `errno ${errno}`;
}
