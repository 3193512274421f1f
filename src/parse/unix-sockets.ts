/** /proc/net/unix: whether somebody listens on the daemon's socket. */

/**
 * `0000000000000000: 00000002 00000000 00010000 0001 01 7404 /nix/var/nix/daemon-socket/socket`
 * Num RefCount Protocol Flags Type St Inode Path (proc_net(5)); flag 0x10000 is __SO_ACCEPTCON.
 */
export function parseListening(text: string, path: string): boolean {
  for (const line of text.split('\n')) {
    if (!line.endsWith(` ${path}`)) continue;
    const flags = Number.parseInt(line.split(/\s+/, 4)[3] ?? '', 16);
    if ((flags & 0x10000) !== 0) return true;
  }
  return false;
}
