/** The JSON of probes/check/wanted-expression.ts: what a configuration wants. Nothing in it is taken on trust. */
import type {
  WantedDisk,
  WantedFileSystem,
  WantedKey,
  WantedLoader,
  WantedSystem,
} from '../model/advice/wanted-system.ts';
import { parseSshKeys } from './ssh-key.ts';

/** Null: no JSON, or no object. */
export function parseWantedSystem(text: string): WantedSystem | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const wanted = recordOf(value);
  if (wanted === null) return null;
  const { disks } = wanted;
  return {
    system: textOf(wanted.system),
    hostName: textOf(wanted.hostName),
    hostId: textOf(wanted.hostId),
    kernelVersion: textOf(wanted.kernelVersion),
    zfs: flagOf(wanted.zfs),
    zfsVersion: textOf(wanted.zfsVersion),
    fileSystems: listOf(wanted.fileSystems).flatMap(fileSystemOf),
    disks: Array.isArray(disks) ? listOf(disks).flatMap(diskOf) : null,
    loader: loaderOf(recordOf(wanted.loader) ?? {}),
    sshd: flagOf(wanted.sshd),
    rootLogin: textOf(wanted.rootLogin),
    keys: listOf(wanted.keys).flatMap(keysOf),
    asksAtBoot: flagOf(wanted.asksAtBoot),
    initrdSsh: flagOf(wanted.initrdSsh),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function recordOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function listOf(value: unknown): readonly Fields[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map(recordOf).filter((one) => one !== null);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function flagOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter((one) => typeof one === 'string');
}

function fileSystemOf({ mountPoint, device, type, options }: Fields): readonly WantedFileSystem[] {
  const [point, named] = [textOf(mountPoint), textOf(device)];
  if (point === null || named === null) return [];
  const optional = textsOf(options).some((option) => option === 'nofail' || option === 'noauto');
  return [{ mountPoint: point, device: named, type: textOf(type) ?? 'auto', optional }];
}

function diskOf({ name, device, espSizes }: Fields): readonly WantedDisk[] {
  const [known, named] = [textOf(name), textOf(device)];
  return known === null || named === null
    ? []
    : [{ name: known, device: named, espSizes: textsOf(espSizes) }];
}

function loaderOf({ kind, efi, mountPoint }: Fields): WantedLoader {
  return {
    kind: kind === 'systemd-boot' || kind === 'grub' || kind === 'other' ? kind : null,
    efi: flagOf(efi),
    mountPoint: textOf(mountPoint),
  };
}

/** One entry of `keys` may hold several lines, as the option takes the text of a file. */
function keysOf({ user, keys }: Fields): readonly WantedKey[] {
  const name = textOf(user);
  if (name === null) return [];
  return textsOf(keys).flatMap((text) => parseSshKeys(text).map((key) => ({ user: name, key })));
}
