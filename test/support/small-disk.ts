/** Real disks for a test: one that is full soon, one that stops answering. Need root, and say so. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  unmount(): void;
  [Symbol.dispose](): void;
}
export interface FreezableDisk extends SmallDisk {
  /** Every write waits from now on, uninterruptibly. */
  freeze(): void;
  thaw(): void;
}

/** Null where these disks can be made. */
export const noDisks: string | null = whyNot();

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'mounting needs Linux';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  for (const tool of ['mount', 'losetup', 'mkfs.ext4', 'fsfreeze']) {
    if (spawnSync(tool, ['--version']).error !== undefined) return `${tool} is not installed`;
  }
  return null;
}

/** `size` as mount(8) takes it: `64k`. */
export function mountTmpfs(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'nixpulse-tmpfs-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  return disposable(path, () => execFileSync('umount', ['--lazy', path]));
}

/** An ext4 of 32 MB that has 4096 inodes. */
export function mountFewInodes(): SmallDisk {
  const { path, unmount } = mountImage('-N', '4096');
  return disposable(path, unmount);
}

export function mountFreezable(): FreezableDisk {
  const { path, unmount } = mountImage();
  let frozen = false;
  const thaw = () => {
    if (frozen) execFileSync('fsfreeze', ['--unfreeze', path]);
    frozen = false;
  };
  process.once('exit', thaw);
  const disk = disposable(path, () => {
    thaw();
    process.off('exit', thaw);
    unmount();
  });
  return {
    ...disk,
    freeze() {
      execFileSync('fsfreeze', ['--freeze', path]);
      frozen = true;
    },
    thaw,
  };
}

function mountImage(...options: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-freeze-'));
  const image = join(directory, 'image');
  const file = openSync(image, 'w');
  ftruncateSync(file, 32 << 20);
  closeSync(file);
  execFileSync('mkfs.ext4', ['-q', '-F', ...options, image]);
  const path = mkdtempSync(join(tmpdir(), 'nixpulse-small-'));
  execFileSync('mount', ['-o', 'loop', image, path]);
  const unmount = () => {
    execFileSync('umount', ['--lazy', path]);
    rmSync(directory, { recursive: true, force: true });
  };
  return { path, unmount };
}

export interface TornDisk {
  /** `loop3`. */
  readonly device: string;
  readonly bytes: number;
  [Symbol.dispose](): void;
}

/** A disk of which all past `soundBytes` cannot be read: its file has become shorter. */
export function makeTornDisk(bytes: number, soundBytes: number): TornDisk {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-torn-'));
  const image = join(directory, 'image');
  const file = openSync(image, 'w');
  ftruncateSync(file, bytes);
  const path = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  ftruncateSync(file, soundBytes);
  closeSync(file);
  return {
    device: path.replace('/dev/', ''),
    bytes,
    [Symbol.dispose]() {
      execFileSync('losetup', ['--detach', path]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function disposable(path: string, unmount: () => void): SmallDisk {
  let mounted = true;
  const once = () => {
    if (!mounted) return;
    mounted = false;
    unmount();
    rmSync(path, { recursive: true, force: true });
  };
  return { path, unmount: once, [Symbol.dispose]: once };
}
