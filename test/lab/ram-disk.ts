import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Shell, in a mount namespace of its own: a RAM disk at `path`, below which this checkout is where it was. */
export function ramDiskAt(path: string, size: string): string {
  const mount = `mkdir -p ${path} && mount -t tmpfs -o size=${size} tmpfs ${path}`;
  if (!project.startsWith(`${path}/`)) return mount;
  // -c: what the link leads to is a name that leads elsewhere by now.
  const again = `mkdir -p '${project}' && mount -c --bind /proc/self/fd/9 '${project}'`;
  return `exec 9<'${project}' && ${mount} && ${again} && exec 9<&-`;
}
