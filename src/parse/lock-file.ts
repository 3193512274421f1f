/** How /proc/locks names the file of a lock: `fe:00:9470373` (lock_get_status in fs/locks.c: `%02x:%02x:%lu`). */

/** `device` as stat(2) gives it (glibc's makedev). */
export function lockFileName(device: number, inode: number): string {
  const high = Math.floor(device / 2 ** 32);
  const low = device % 2 ** 32;
  const major = ((low >>> 8) & 0xfff) | (high & ~0xfff);
  const minor = (low & 0xff) | ((low >>> 12) & 0xfff00);
  return `${hex(major)}:${hex(minor)}:${inode}`;
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0');
}
