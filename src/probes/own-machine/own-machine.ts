/** What of this machine a minimal configuration takes over: read, and nothing changed. */
import { fail, ok, orNull, type Result } from '../../base/problem.ts';
import type { Hardware, OwnMachine, OwnMachineRead } from '../../model/recover/own-machine.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { parseMounts } from '../../parse/mountinfo-mounts.ts';
import type { Files, Ports } from '../../platform/ports.ts';
import { within } from '../check/within.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { readAccounts, readSshd } from './accounts.ts';
import { readLoader } from './loader.ts';
import { readNetwork } from './network.ts';
import { readRelease, readStateVersion } from './state-version.ts';

const generateMs = 60_000;
const usualHardware = '/etc/nixos/hardware-configuration.nix';
const namesFileSystems = /^[^#\n]*\bfileSystems\b/m;

/** /etc/NIXOS is what nixos-rebuild looks for. */
export async function isNixos(files: Files): Promise<boolean> {
  if ((await files.ownerSlow('/etc/NIXOS', slowly)).ok) return true;
  return /^ID="?nixos"?$/m.test(orNull(await files.readSlow('/etc/os-release', slowly)) ?? '');
}

/** `configurations`: directories where its configuration may lie. Fails where without something it would not boot. */
export async function readOwnMachine(
  configurations: readonly string[],
  context: ProbeContext,
): Promise<Result<OwnMachineRead>> {
  const { ports } = context;
  const { files } = ports;
  const [hardware, loader, stateVersion] = await Promise.all([
    readHardware(context),
    readLoader(files),
    readStateVersion(configurations, files),
  ]);
  if (!hardware.ok) return hardware;
  if (!loader.ok) return loader;
  if (stateVersion === null)
    return fail('gone', 'system.stateVersion', 'no configuration and no generation tells the release');
  const [{ network, missing: ofNetwork }, { accounts, missing: ofAccounts }, hostId, sshd] =
    await Promise.all([readNetwork(ports), readAccounts(files), readHostId(ports), readSshd(files)]);
  const zone = orNull(await files.linkSlow('/etc/localtime', slowly));
  const vconsole = orNull(await files.readSlow('/etc/vconsole.conf', slowly)) ?? '';
  const nixConf = orNull(await files.readSlow('/etc/nix/nix.conf', slowly)) ?? '';
  const kernelLine = orNull(files.read('/proc/cmdline')) ?? '';
  const hostName = orNull(files.read('/proc/sys/kernel/hostname'))?.trim().split('.')[0] ?? '';
  const isName = /^[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?$/.test(hostName);
  const machine: OwnMachine = {
    ...{ hardware: hardware.value, loader: loader.value, network, accounts, stateVersion, sshd },
    consoles: [...kernelLine.matchAll(/(?:^|\s)console=([\w,]+)/g)].map(([, one = '']) => one),
    hostName: isName ? hostName : null,
    hostId: hostId.value,
    timeZone: /\/zoneinfo\/([\w+/-]+)$/.exec(zone ?? '')?.[1] ?? null,
    // One of the configuration's own lies in the store, and is not known by its name.
    keyMap: /^KEYMAP="?([\w.-]+)"?$/m.exec(vconsole)?.[1] ?? null,
    release: await readRelease(files),
    flakes: /^\s*(?:extra-)?experimental-features\s*=.*\bflakes\b/m.test(nixConf),
  };
  const unnamed = isName ? [] : ['the name of the host is none that NixOS takes'];
  return ok({ machine, missing: [...ofNetwork, ...ofAccounts, ...hostId.missing, ...unnamed] });
}

async function readHardware(context: ProbeContext): Promise<Result<Hardware>> {
  const { files } = context.ports;
  const there = await files.readSlow(usualHardware, slowly);
  const own: Result<Hardware> = ok({ kind: 'file', path: usualHardware });
  // With disko its file systems are said elsewhere.
  if (there.ok && (namesFileSystems.test(there.value) || !files.live)) return own;
  if (!files.live) return fail('gone', usualHardware, 'it is not in this tree');
  const run = await within(generateMs, 'nixos-generate-config', context, (bounded) =>
    runProgram(bounded, ['nixos-generate-config', '--show-hardware-config']),
  );
  const text = run.ok && run.value.exitCode === 0 ? run.value.stdout.join('\n') : '';
  if (namesFileSystems.test(text)) return ok({ kind: 'text', text });
  if (there.ok) return own;
  const why = run.ok ? `ended with ${run.value.exitCode}` : (run.problem.cause ?? run.problem.kind);
  return fail('gone', usualHardware, `it is not there, and nixos-generate-config: ${why}`);
}

/** ZFS takes a pool only on the host that had it. */
async function readHostId({ files, spawn }: Pick<Ports, 'files' | 'spawn'>): Promise<{
  readonly value: string | null;
  readonly missing: readonly string[];
}> {
  const mounts = parseMounts(orNull(files.read('/proc/self/mountinfo')) ?? '');
  if (!mounts.some(({ type }) => type === 'zfs')) return { value: null, missing: [] };
  const run = files.live ? await spawn.run('hostid', [], { timeoutMs: 5000 }) : null;
  const value = run?.ok === true ? (/^[0-9a-f]{8}$/.exec(run.value.stdout.trim())?.[0] ?? null) : null;
  const missing = ['networking.hostId, which ZFS wants: set it to what hostid says'];
  return { value, missing: value === null ? missing : [] };
}
