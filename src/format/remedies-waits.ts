/** What helps those who wait: a row a kind, the gentlest first. */
import { nixString } from '../base/nix-string.ts';
import { shellWord } from '../base/shell-word.ts';
import type { CacheTrouble, WaitFound } from '../model/diagnosis/found-wait.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';

type Remedies<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => readonly Remedy[];
};

const cancel = (title: string, risk: string | null = null): Remedy => ({
  kind: 'key',
  command: 'cancel',
  title,
  risk,
});
const advice = (title: string, risk: string | null = null): Remedy => ({ kind: 'advice', title, risk });
const command = (line: string, title: string, root = true, risk: string | null = null): Remedy => ({
  kind: 'command',
  command: line,
  root,
  title,
  risk,
});
const nix = (lines: readonly string[], title: string, risk: string | null = null): Remedy => ({
  kind: 'nix',
  lines,
  title,
  risk,
});

export const ofWaits: Remedies<WaitFound> = {
  'cache-asked': ({ cache, fault, keys }) => {
    if (fault === 'untrusted')
      return keys.length === 0
        ? [advice('Ask its owner to sign what it has (nix store sign)')]
        : [
            nix(
              [`nix.settings.trusted-public-keys = [ ${nixString(`${keys[0]}:…`)} ];`],
              'Trust its key, which its owner publishes, if you trust its owner',
              'whoever has that key decides what runs here',
            ),
          ];
    return [
      nix(
        ['nix.settings.connect-timeout = 5;', 'nix.settings.fallback = true;'],
        'Wait less for it, and build what it does not bring',
      ),
      advice(`Leave ${cache} out of the substituters as long as it is so`, 'what only it has is built'),
    ];
  },
  'builder-asked': ({ host, fault }) =>
    fault === 'untrusted'
      ? [
          nix(
            ['nix.settings.trusted-users = [ "the user we connect as" ];'],
            'On the builder: trust whom we connect as',
            'who is trusted there is as good as root there',
          ),
        ]
      : [
          command(
            `ssh -o BatchMode=yes ${sshDestination(host)} true`,
            'Connect as root, as the daemon does: an unknown host key or a missing key shows here',
          ),
          advice('Leave it out of nix.buildMachines as long as it is so', 'builds take longer'),
        ],
  'lock-held': ({ holderState }) =>
    holderState === 'stuck' || holderState === 'paused'
      ? [cancel('Cancel who holds it', 'its work')]
      : [advice('Wait: it is given back when its holder ends')],
  'garbage-collection': () => [
    advice('Wait: what it has deleted stays deleted, and the next one goes on where this one stops'),
    cancel('Cancel the collection; the space that it has not freed yet is not freed'),
  ],
  'upload-lock': ({ uploaded }) => [
    advice('Wait: Nix gives it up after 15 minutes and copies at the same time'),
    ...(uploaded === true ? [cancel('Cancel its holder', 'its builds')] : []),
    nix(
      ['nix.settings.builders-use-substitutes = true;'],
      'Let builders fetch from caches what they need instead of having it copied to them',
    ),
  ],
  'resource-awaited': ({ what }) => {
    switch (what) {
      case 'build-user':
        return [
          advice('Wait until another build ends'),
          nix(['nix.settings.auto-allocate-uids = true;'], 'Let Nix make as many build users as it needs'),
        ];
      case 'profile':
        return [advice('Wait: another command changes this profile')];
      case 'database':
        return [
          advice('Wait: another Nix process writes; one that was stopped (Ctrl-Z, SIGSTOP) never ends'),
        ];
      case 'store-lock':
        return [advice('Wait: an upgrade of the store or its repair runs alone')];
    }
  },
  'cache-trouble': ({ cache, why }) => [
    command(
      `nix store info --store ${shellWord(cache)}`,
      'Ask it once more, by itself (older: nix store ping)',
      false,
    ),
    ...forTrouble(why),
    command(
      'nixos-rebuild switch --option connect-timeout 1 --option download-attempts 1',
      'Lose a second for each path instead of half a minute; only who is trusted may leave caches out',
    ),
    nix(
      ['nix.settings.connect-timeout = 5;', 'nix.settings.fallback = true;'],
      'Give up sooner, and leave a cache out for a minute that did not answer',
      'builds what that cache would have had',
    ),
  ],
  'transfer-stalled': ({ direction, bytesPerSec }) => [
    ...(direction === 'fetch'
      ? [
          advice(
            bytesPerSec > 0
              ? 'Wait, or leave this cache out: Nix gives up only what brings less than a byte a second'
              : 'Wait: Nix tries again after stalled-download-timeout (5 minutes)',
          ),
        ]
      : [advice('Look at the other side: a full disk, or a daemon that is gone, takes no more')]),
    cancel('Cancel the client; what has come whole stays'),
    ...(direction === 'fetch'
      ? [nix(['nix.settings.stalled-download-timeout = 60;'], 'Try again sooner')]
      : []),
  ],
  'source-copied': ({ moves }) => [
    ...(moves === false ? [cancel('Cancel: nothing of it is lost')] : [advice('Wait: it is copied once')]),
    advice(
      'Large files beside flake.nix are copied with it: git ignores, or another directory, keep them out',
    ),
  ],
  'builder-silent': ({ host, legacy }) => [
    command(`ssh ${sshDestination(host)} true`, 'Does it still answer', false),
    ...(legacy === true
      ? [
          nix(
            ['nix.buildMachines.*.protocol = "ssh-ng";'],
            'ssh-ng:// is not affected: there the log cannot stand for ever',
          ),
          command(
            `ssh ${sshDestination(host)} pkill -f 'nix-store --serve'`,
            'End the other side, which holds the build for ever',
            false,
            'builds of others on that machine that came over ssh://',
          ),
        ]
      : []),
    nix(
      ['programs.ssh.extraConfig = "ServerAliveInterval 15\\nServerAliveCountMax 4";'],
      'Let ssh end a connection that is dead',
    ),
    cancel('Cancel the client', 'what is built there and here'),
  ],
  'no-machine': ({ missing, kvm }) => [
    ...(missing.includes('kvm') && kvm !== true
      ? [command('ls -l /dev/kvm', 'Nix offers kvm where /dev/kvm is there and may be used', false)]
      : []),
    ...(missing.includes('local builds')
      ? [nix(['nix.settings.max-jobs = "auto";'], 'Let this machine build, too')]
      : []),
    nix(
      ['nix.settings.system-features = [ "nixos-test" "benchmark" "big-parallel" "kvm" ];'],
      'system-features in nix.conf takes the place of the defaults: name those as well',
    ),
    advice('Add a builder of that system, or emulate it with boot.binfmt.emulatedSystems'),
  ],
  'no-free-machine': () => [
    advice('Wait until a builder has a free slot'),
    advice('Let this machine build as well (max-jobs), or let builders take more (their maxJobs)'),
  ],
  // Never the build: it is done.
  'hook-waits': ({ process }) => [
    ...(process === null
      ? []
      : [
          command(
            `kill ${process.child?.pid ?? process.pid}`,
            'End what the hook waits for; a hook that fails makes Nix stop after the builds that run',
            true,
            'what the hook would have uploaded',
          ),
        ]),
    nix(
      ['nix.settings.post-build-hook = "";'],
      'Go on without the hook; a queue that a service empties (cachix watch-store, attic watch-store) keeps nobody waiting',
    ),
    advice('Nix 2.35 and newer do not wait for the hook'),
  ],
  'switch-waits': ({ unit, older }) => [
    command('systemctl list-jobs', 'See which unit is started or stopped', false),
    ...(older?.unit != null
      ? [command(`systemctl status ${shellWord(older.unit)}`, 'See why it does not come up', false)]
      : []),
    ...(older === null && unit !== null
      ? [command(`systemctl status ${shellWord(unit)}`, 'See why it does not come up', false)]
      : []),
    advice('A second switch or a rollback is refused until this one ends'),
    ...(older?.unit != null
      ? [
          command(
            `systemctl cancel ${shellWord(older.unit)}`,
            'Let the switch go on without it',
            true,
            'that unit',
          ),
        ]
      : []),
  ],
  'switch-left-over': ({ unit }) => [
    command(`systemctl reset-failed ${shellWord(unit)}`, 'Forget the unit; then switch again'),
    command(`systemctl stop ${shellWord(unit)}`, 'Where that does not do: end it'),
  ],
  'units-failed': ({ units }) => [
    ...units
      .slice(0, 3)
      .map((unit) => command(`systemctl status ${shellWord(unit)}`, 'See why it failed', false)),
    command(`systemctl restart ${shellWord(units[0] ?? '')}`, 'Start it again when that is mended'),
  ],
  'activation-stands': ({ child }) => [
    ...(child === null
      ? []
      : [
          command(
            `kill ${child.pid}`,
            'End the child that it waits for; the activation goes on without it, or fails',
            true,
            'a half activated system',
          ),
        ]),
    advice('Wait: an activation that is ended midway leaves a system between two configurations'),
  ],
  'switch-incomplete': ({ failedUnits, restarting, running }) => [
    ...[...failedUnits]
      .slice(0, 3)
      .map((unit) =>
        command(
          `systemctl status ${shellWord(unit)}`,
          restarting.includes(unit) ? 'See whether it is up by now' : 'See why it failed',
          false,
        ),
      ),
    ...(running === 'old'
      ? [advice('Mend what failed and switch again: the old configuration still runs')]
      : []),
  ],
  unattended: () => [
    advice('Wait for it, or cancel it: what is built by then stays'),
    nix(
      ['system.autoUpgrade.flags = [ "--max-jobs" "0" ];'],
      'Let the upgrade fetch alone, and fail where no cache has it',
      'no upgrade on such days',
    ),
  ],
  'process-limit': ({ what }) => {
    switch (what) {
      case 'tasks':
        return [
          nix(
            ['systemd.services.nix-daemon.serviceConfig.TasksMax = "infinity";'],
            'Lift the limit of the daemon',
          ),
          nix(['nix.settings.max-jobs = 4;', 'nix.settings.cores = 4;'], 'Build less at once'),
        ];
      case 'daemon-files':
        return [
          nix(
            ['systemd.services.nix-daemon.serviceConfig.LimitNOFILE = 1048576;'],
            'Lift the limit of the daemon and its builds',
          ),
        ];
      case 'machine-files':
        return [
          nix(['boot.kernel.sysctl."fs.file-max" = 9223372036854775807;'], 'Lift the limit of the machine'),
        ];
      case 'processes':
        return [nix(['boot.kernel.sysctl."kernel.pid_max" = 4194304;'], 'Allow more processes')];
      case 'user-processes':
        return [
          nix(
            ['systemd.services.nix-daemon.serviceConfig.LimitNPROC = "infinity";'],
            'Lift the limit of each build user',
          ),
          nix(['nix.settings.max-jobs = 4;', 'nix.settings.cores = 4;'], 'Build less at once'),
        ];
      case 'threads':
        return [advice('Find who has so many threads: ps -eLo comm | sort | uniq -c | sort -n')];
    }
  },
};

function forTrouble(why: CacheTrouble | null): readonly Remedy[] {
  switch (why) {
    case 'resolver':
      return [advice('Ask the name by itself (getent hosts): DNS may answer though Nix gave up')];
    case 'unresolved':
      return [advice('Look at /etc/resolv.conf and at the name of the cache in nix.conf')];
    case 'tls':
      return [advice('Look at the clock of this machine, and at proxies that put certificates of their own')];
    case 'refused':
      return [advice('Nobody listens there: look at the address and its port')];
    default:
      return [];
  }
}

/** As ssh(1) takes it: of the port in `ssh-ng://user@host:port` (Nix 2.31) it knows nothing. */
function sshDestination(host: string): string {
  const name = host.replace(/^[a-z-]+:\/\//, '').replace(/[?/].*$/, '');
  const port = /^(?<own>[^:]+|.*\]):(?<number>\d+)$/.exec(name)?.groups;
  return port === undefined ? shellWord(name) : `-p ${port['number']} ${shellWord(port['own'] ?? name)}`;
}
