/**
 * Lines of the tools around Nix. nixos-rebuild (the old script and -ng), switch-to-configuration (perl and -ng),
 * darwin-rebuild and its activation, home-manager, nh.
 */
import type { ToolFailure, ToolStep, ToolStepLine } from '../model/rebuild/tool-step.ts';

/** The first that fits; a group holds names, separated by commas. */
const steps: readonly (readonly [RegExp, ToolStep])[] = [
  [/^building Nix\.\.\.$/, 'building-nix'],
  [/^(?:> )?building the system configuration\.\.\.$/, 'building'],
  [/^> Building (?:NixOS|Darwin|Home-Manager) configuration$/, 'building'],
  [/^(?:switching profile from version|Creating new profile generation)/, 'profile'],
  [/^updating (?:GRUB 2 menu|systemd-boot from|the boot ?loader)/, 'bootloader'],
  [/^(?:> )?Adding configuration to bootloader$/, 'bootloader'],
  [/^(?:> )?Activating configuration$/, 'activating'],
  [/^(?:would )?(?:stop|stopping) the following units/, 'stopping'],
  [/^(?:would activate|activating) the configuration\.\.\.$/, 'activating'],
  [/^Starting Home Manager activation$/, 'activating'],
  [
    /^setting up (groups|users|\/Applications\/Nix Apps|pam|\/etc|(?:user )?launchd services)\.\.\.$/,
    'activating',
  ],
  [/^restarting systemd\.\.\.$/, 'restarting-systemd'],
  [/^reloading user units for (.+)\.\.\.$/, 'reloading-users'],
  [/^(?:would reload|reloading) the following units: (.+)$/, 'reloading'],
  [/^(?:would restart|restarting) the following units: (.+)$/, 'restarting'],
  [/^restarting (sysinit-reactivation\.target)/, 'restarting'],
  [/^(?:would start|starting) the following units: (.+)$/, 'starting'],
  [/^Done\. The new configuration is\b/, 'done'],
];

/**
 * nix-darwin: modules/system/activation-scripts.nix, in this order and below `setting up …`. A build may say the same:
 * while one is open they are read only within an activation.
 */
const darwinParts: typeof steps = [
  [
    /^(applying patches|system defaults|user defaults|reloading nix-daemon|Homebrew bundle)\.\.\.$/,
    'activating',
  ],
  [/^(configuring (?:time|networking|power|keyboard|application firewall))\.\.\.$/, 'activating'],
  [/^(setting nvram variables)\.\.\.$/, 'activating'],
  [/^(waiting for nix-daemon)$/, 'activating'],
];

/** Parts of an activation, in words that anybody may say: read only within one. */
const parts: typeof steps = [
  [/^Activating (\w+)$/, 'activating'],
  [/^setting up (.+?)\.\.\.$/, 'activating'],
];

const outsideOfBuilds = [...steps, ...darwinParts];
const allSteps = [...outsideOfBuilds, ...parts];

/**
 * `-v` of nixos-rebuild-ng tells the commands it runs, and some of them are all that is said of a step:
 * `debug: nixos_rebuild.process: calling run with args=['nix-env', '-p', PosixPath('…'), '--set', …], kwargs=…`.
 */
const commands: readonly (readonly [RegExp, ToolStep])[] = [
  [/^\['nix-env'.*'--(?:set|rollback)'/, 'profile'],
  [/^\['(?:nix-copy-closure|nix', 'copy)'/, 'copying'],
  [/switch-to-configuration'\)?, '(?:switch|boot|test|dry-activate)'\]/, 'checks'],
];

/** `present`: the step that the tool is in, null before the first; `building`: a build is open that may have said it. */
export function toolStepOf(line: string, present: ToolStep | null, building: boolean): ToolStepLine | null {
  const called = /^debug: \S+: calling run with args=(\[.*?\]), kwargs/.exec(line)?.[1];
  if (called !== undefined) {
    const command = commands.find(([pattern]) => pattern.test(called));
    return command === undefined ? null : { step: command[1], names: [] };
  }
  // home-manager makes its generation in the middle of its activation.
  const activating = present === 'activating' || present === 'profile';
  const read = activating ? allSteps : building ? steps : outsideOfBuilds;
  for (const [pattern, step] of read) {
    const match = pattern.exec(line);
    if (match === null) continue;
    const names = match[1] ?? /units: (.+)$/.exec(line)?.[1];
    return { step, names: namesOf(names) };
  }
  return null;
}

const failures: readonly (readonly [RegExp, ToolFailure['reason']])[] = [
  [/^Could not acquire lock$/, 'lock'],
  // systemd-run: a switch of nixos-rebuild is there, or was left over. The name tells it from the lock of the switch itself.
  [/^Failed to start transient service unit: Unit (\S+) (?:was already loaded|already exists)/, 'lock'],
  [/^Pre-switch checks? failed/, 'checks'],
  [/^Failed to install bootloader/, 'bootloader'],
  [/^Failed to run activate script/, 'activation'],
  [/^Failed to (?:start|restart|reload|stop) (\S+)/, 'units'],
  [/^warning: the following (?:user )?units failed: (.+)$/, 'units'],
  [/^warning: user activation for (.+) failed$/, 'activation'],
  [/^warning: error\(s\) occurred while switching to the new configuration$/, 'activation'],
];

/**
 * Of systemd-boot-builder.py and install-grub.pl, with and without the path: `[Errno 28] No space left on device`,
 * `cp: error writing '/boot/kernels/…': No space left on device`; Nix and builds say it in other words.
 */
const bootSpace =
  /^(?:\w*Error: )?\[Errno 28\] No space left on device(?:: '\/(?:boot|efi)\/.*)?$|^\w+: .*['" ]\/(?:boot|efi)\/.*No space left on device$/;
/** `cat: write error`: by itself of nobody knows which file. */
const anySpace = /^\w+: .*No space left on device$/;

/** A command of nixos-rebuild-ng, with and without `error: ` or the name of an exception before it: `Command '[…]' returned non-zero exit status 1.`, `died with <Signals.SIGKILL: 9>.` */
const command = /Command '(.+)' (?:returned non-zero exit status (\d+)|died with <Signals\.\w+: (\d+)>)\.?$/;

/** `present`: the step that the tool is in, null before the first. */
export function toolFailureOf(line: string, present: ToolStep | null): ToolFailure | null {
  if ((present !== null && bootSpace.test(line)) || (present === 'bootloader' && anySpace.test(line)))
    return { reason: 'boot-space', names: [], code: null, text: line };
  for (const [pattern, reason] of failures) {
    const match = pattern.exec(line);
    if (match !== null) return { reason, names: namesOf(match[1]), code: null, text: line };
  }
  const ended = command.exec(line);
  if (ended === null) return null;
  const [, , status, signal] = ended;
  const reason = signal === undefined ? 'command' : 'command-signal';
  return { reason, names: [], code: Number(signal ?? status), text: line };
}

function namesOf(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
