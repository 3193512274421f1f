/** What Nix says where a build finds no place: systems, features, other machines, sandboxes, build users. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

const builder = configure('use a machine that has it', [
  'nix.distributedBuilds = true;',
  'nix.buildMachines = [ { hostName = "HOST"; systems = [ "SYSTEM" ]; supportedFeatures = [ "FEATURE" ]; maxJobs = 4; } ];',
]);
const emulated = configure(
  'or let this machine emulate it',
  ['boot.binfmt.emulatedSystems = [ "SYSTEM" ];'],
  'builds are many times slower',
);
const follows = ['dependency-failed', 'builds-failed'];

export const nixBuilders: readonly KnownMessage[] = [
  {
    id: 'remote-builder-failed',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /cannot build on ['"‘](?<host>[^\n]+?)['"’]: (?:error: )?(?<why>[^\n]+)/,
        "cannot build on 'ssh-ng://dead-builder': error: cannot open connection to remote store 'ssh-ng://dead-builder': error: unexpected end-of-file",
        'recorded stream remote-dead of Nix 2.8.0',
        { since: '2.1' },
      ),
    ],
    title: 'the builder {host} could not be used',
    causes: [
      where(
        { why: /[Hh]ost key/ },
        because(
          'root of this machine, whom the daemon runs as, does not know the key of that host',
          'ssh-keyscan HOST',
          runAsRoot('connect once as root, and compare the key', 'ssh HOST true'),
          configure('name its key', ['programs.ssh.knownHosts.HOST.publicKey = "KEY";'], null),
        ),
      ),
      where(
        { why: /denied|publickey/i },
        because(
          'the daemon runs as root, and root has no key that the builder takes',
          'sudo ssh -v HOST true',
          advise('name a key without passphrase that only root reads: sshKey of nix.buildMachines'),
        ),
      ),
      because(
        'the builder is off, or cannot be reached from here as root',
        'sudo nix store info --store {host}',
        advise('switch it on; look at ssh as root: sudo ssh HOST true'),
        run('build without it for once', "nix build --builders '' INSTALLABLE"),
      ),
    ],
    brings: [
      'system-missing',
      'features-missing',
      'no-local-builds',
      'no-machine',
      'remote-store-unreachable',
      'unexpected-end',
      'ssh-not-started',
      ...follows,
    ],
    sameAs: ['remote'],
  },
  {
    id: 'no-machine',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /Failed to find a machine for remote build! derivation: (?<drv>\S+) required \(system, features\): \((?<system>[^,]*), (?<features>[^)]*)\)/,
        'Failed to find a machine for remote build!\nderivation: xmycamdgf2rx7gdhffg022z7pqfv8zkz-curl-7.79.0.drv\nrequired (system, features): (x86_64-linux, )\n1 available machines:',
        'NixOS/nix#5288',
        { since: '2.4' },
      ),
    ],
    title: 'no builder takes {drv}: it needs a {system} with {features}',
    causes: [
      because(
        'no machine of nix.buildMachines has that system or all of those features; the list stands below the message',
        'cat /etc/nix/machines',
        configure('add what it has to its entry', [
          'nix.buildMachines.*.supportedFeatures = [ "kvm" "big-parallel" "nixos-test" ];',
        ]),
      ),
      because(
        'where this machine can build it by itself the message is harmless',
        'nix config show max-jobs system extra-platforms',
        advise('look whether the build goes on here'),
      ),
    ],
    brings: ['system-missing', 'features-missing', 'no-local-builds', ...follows],
  },
  {
    id: 'no-local-builds',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: Cannot build '<drv>'. Reason: local builds are disabled"),
        "error: Cannot build '/mx/store/493f8zf3bsn8aai0j4xng53y6rigqgxl-x.drv'.\n       Reason: local builds are disabled (max-jobs = 0)",
        'Nix 2.34.8, -j0',
        { since: '2.34' },
      ),
      seen(
        /error: [uU]nable to start any build; (?<why>either increase|remote machines may)/,
        "error: unable to start any build; either increase '--max-jobs' or enable remote builds.",
        'Nix 2.8.0, -j0',
      ),
    ],
    title: 'this machine builds nothing (max-jobs = 0), and no other one took it',
    causes: [
      because(
        'max-jobs is 0 so that builders do the work, and none is there or fits',
        'nix config show max-jobs builders; cat /etc/nix/machines',
        run('build here for once', 'nix build --max-jobs auto INSTALLABLE'),
        advise('look why the builders did not take it: features, systems, ssh as root'),
      ),
    ],
    brings: follows,
  },
  {
    id: 'features-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words(
          "error: Cannot build '<drv>'. Reason: missing system features Required features: {<features>} Available features: {<local>}",
        ),
        "error: Cannot build '/mx/store/ajadss8hi8ya7831z77x76qms35c2qwn-x.drv'.\n       Reason: missing system features\n       Required features: {kvm2}\n       Available features: {benchmark, big-parallel, kvm, nixos-test, uid-range}",
        'Nix 2.34.8, requiredSystemFeatures = [ "kvm2" ]',
        { since: '2.34' },
      ),
      seen(
        /error: a ['"‘](?<system>[^'"’\n]+)['"’] with features \{(?<features>[^}\n]+)\} is required to build ['"‘](?<drv>[^\n]+?)['"’], but I am a ['"‘]\k<system>['"’] with features \{(?<local>[^}\n]*)\}/,
        "error: a 'x86_64-linux' with features {kvm2} is required to build '/mx/store/ajadss8hi8ya7831z77x76qms35c2qwn-x.drv', but I am a 'x86_64-linux' with features {benchmark, big-parallel, kvm, nixos-test}",
        'Nix 2.8.0, requiredSystemFeatures = [ "kvm2" ]',
        { since: '2.2', until: '2.29' },
      ),
    ],
    title: '{drv} needs a machine with {features}; this one has {local}',
    causes: [
      where(
        { features: /kvm/ },
        because(
          'this machine has no /dev/kvm, or Nix may not use it: virtualisation is off in the firmware, or this is a virtual machine',
          'ls -l /dev/kvm; lscpu | grep -i virtualization',
          advise(
            'switch virtualisation on in the firmware (VT-x, SVM), or nested virtualisation on the host',
          ),
          configure('load the module', ['boot.kernelModules = [ "kvm-intel" "kvm-amd" ];']),
        ),
      ),
      because(
        'the feature is not in system-features of this machine, nor of a builder',
        'nix config show system-features',
        configure('declare it, if the machine really has it', [
          'nix.settings.system-features = [ "big-parallel" "kvm" "nixos-test" "benchmark" ];',
        ]),
        builder,
      ),
    ],
    brings: follows,
  },
  {
    id: 'system-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words(
          "error: Cannot build '<drv>'. Reason: platform mismatch Required system: '<system>' Current system: '<local>'",
        ),
        "error: Cannot build '/nix/store/13rvlgmddld5kss33wdz0gcqb327mglg-wrongsystem-1.drv'.\n       Reason: platform mismatch\n       Required system: 'aarch64-linux'\n       Current system: 'x86_64-linux'",
        'recorded stream nixbuild-fail-system of Nix 2.34.8',
        { since: '2.34' },
      ),
      seen(
        words(
          "error: Cannot build '<drv>'. Reason: required system or feature not available Required system: '<system>'",
        ),
        "error: Cannot build '/nix/store/e4vwsp4qd8-opentofu-1.10.2.drv'.\n       Reason: required system or feature not available\n       Required system: 'aarch64-linux' with features {}",
        'NixOS/nix tag 2.33.0, a comment of src/libstore/build/derivation-building-goal.cc',
        { since: '2.30', until: '2.33' },
      ),
      seen(
        words(
          "error: a '<system>' with features {<features>} is required to build '<drv>', but I am a '<local>' with features",
        ),
        "error: a 'aarch64-linux' with features {benchmark} is required to build '/nix/store/13rvlgmddld5kss33wdz0gcqb327mglg-wrongsystem-1.drv', but I am a 'x86_64-linux' with features {benchmark, big-parallel, kvm, nixos-test}",
        'NixOS/nix tag 2.8.0, src/libstore/build/local-derivation-goal.cc',
        { since: '2.2', until: '2.29' },
      ),
      seen(
        words(
          "error: a '<system>' with features {} is required to build '<drv>', but I am a '<local>' with features",
        ),
        "error: a 'aarch64-linux' with features {} is required to build '/nix/store/13rvlgmddld5kss33wdz0gcqb327mglg-wrongsystem-1.drv', but I am a 'x86_64-linux' with features {benchmark, big-parallel, kvm, nixos-test}",
        'recorded stream nixbuild-fail-system of Nix 2.8.0',
        { since: '2.2', until: '2.29' },
      ),
      seen(
        words("error: a '<system>' is required to build '<drv>', but I am a '<local>'"),
        'error: a ‘x86_64-linux’ is required to build ‘/nix/store/c9shhhq395xxrz791hq871h5m43bkyl3-linux-4.4.12.drv’, but I am a ‘x86_64-darwin’',
        'NixOS/nixpkgs#16263',
        { until: '2.1' },
      ),
    ],
    title: 'this machine cannot build that: it is for another system',
    causes: [
      where(
        { system: /darwin/ },
        because(
          'it is built on macOS alone',
          null,
          advise('build it on a Mac, or take the package of linux: the system in the expression is wrong'),
        ),
      ),
      because(
        'the expression names another system than this machine has: a configuration for another one, or a wrong system = …',
        'nix config show system extra-platforms',
        advise('correct the system, if it was not meant'),
        builder,
        emulated,
      ),
      because(
        'the machine that would have it was not reached, or has not what it needs',
        'cat /etc/nix/machines; nix config show system-features',
        advise('look at the lines above it'),
      ),
    ],
    brings: follows,
    sameAs: ['system'],
  },
  {
    id: 'remote-build-failed',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("error: build of '<drv>' on '<host>' failed"),
        "error: build of '/nix/store/ac6l7kmwghazds166alfsyjhhssv49vc-remotely-2.0.drv' on 'ssh-ng://builder' failed: builder for '/nix/store/ac6l7kmwghazds166alfsyjhhssv49vc-remotely-2.0.drv' failed with exit code 2",
        'NixOS/nix tag 2.8.0, src/build-remote/build-remote.cc, with its usual end',
      ),
    ],
    title: '{drv} failed on {host}',
    causes: [
      because(
        'it failed there as it would here, or that machine ran out of space or memory',
        'ssh HOST df -h /nix /tmp',
        run('read its log', 'nix log {drv}'),
        run('build it here instead', "nix build --builders '' {drv}^*"),
      ),
    ],
    brings: follows,
  },
  {
    id: 'upload-lock',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("somebody is hogging the upload lock for '<host>', continuing"),
        "somebody is hogging the upload lock for 'ssh-ng://builder', continuing...",
        'NixOS/nix tag 2.34.0, src/nix/build-remote/build-remote.cc',
      ),
    ],
    title: 'another upload to {host} took more than 15 minutes, so this one no longer waits',
    causes: [
      because(
        'a large input goes over a slow connection, or a connection is half open and hangs',
        'ps -ef | grep "[s]sh.*nix"',
        advise('let the builder fetch from caches by itself: builders-use-substitutes = true'),
        configure('notice dead connections', ['programs.ssh.extraConfig = "ServerAliveInterval 30";']),
      ),
    ],
  },
  {
    id: 'namespaces-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('this system does not support the kernel namespaces that are required for sandboxing'),
        "error: this system does not support the kernel namespaces that are required for sandboxing; use '--no-sandbox' to disable sandboxing",
        'NixOS/nix#7783',
        { since: '2.14' },
      ),
      seen(
        words('error: setting up a private mount namespace: Operation not permitted'),
        'error: setting up a private mount namespace: Operation not permitted',
        'NixOS/nix#2404',
      ),
      seen(
        words('error: cloning builder process: <why:line>'),
        'error: cloning builder process: Operation not permitted',
        'NixOS/nix tag 2.8.0, src/libstore/build/local-derivation-goal.cc',
      ),
    ],
    title: 'the kernel does not let Nix make a sandbox here',
    causes: [
      because(
        'this is a container (Docker, nspawn, a CI) that may not make namespaces',
        'systemd-detect-virt --container; unshare -Ur true && echo allowed',
        advise(
          'allow nesting to the container (LXC: security.nesting; Docker: --privileged)',
          'a privileged container can do what the host can',
        ),
        configure(
          'or build without a sandbox',
          ['nix.settings.sandbox = false;'],
          'builds see the whole system, and may depend on it',
        ),
      ),
      because(
        'user namespaces are switched off (sysctl, a hardened kernel, AppArmor)',
        'sysctl user.max_user_namespaces kernel.unprivileged_userns_clone kernel.apparmor_restrict_unprivileged_userns',
        configure(
          'switch them on',
          ['boot.kernel.sysctl."user.max_user_namespaces" = 63414;'],
          'more of the kernel can be reached by attackers',
        ),
      ),
    ],
    brings: follows,
  },
  {
    id: 'seccomp-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('unable to load seccomp BPF program'),
        'error: unable to load seccomp BPF program: Invalid argument',
        'DeterminateSystems/nix-installer#438',
      ),
    ],
    title: 'the kernel takes no filter of system calls (seccomp)',
    causes: [
      because(
        'the kernel lacks it, or emulation (QEMU, Rosetta, WSL 1) does not have it',
        'grep Seccomp /proc/self/status; uname -r',
        configure(
          'do without the filter',
          ['nix.settings.filter-syscalls = false;'],
          'builds could make setuid files in their outputs',
        ),
      ),
    ],
    brings: follows,
  },
  {
    id: 'build-users-empty',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: the build users group '<group>' has no members"),
        "error: the build users group 'tape' has no members",
        'Nix 2.34.8, --option build-users-group tape; also NixOS/nix#4716',
      ),
      seen(
        words("error: the group '<group>' specified in 'build-users-group' does not exist"),
        "error: the group 'nobodys' specified in 'build-users-group' does not exist",
        'Nix 2.8.0 and 2.34.8, --option build-users-group nobodys',
      ),
    ],
    title: 'the group {group} has no users that builds could run as',
    causes: [
      because(
        'the users were not made, or are only by their primary group in it: they must be listed in the group',
        'getent group {group}; getent passwd | grep nixbld',
        runAsRoot(
          'make them (elsewhere than on NixOS, which does it by itself)',
          'groupadd -r nixbld; for n in $(seq 10); do useradd -r -g nixbld -G nixbld -d /var/empty -s /sbin/nologin nixbld$n; done',
        ),
        configure('or let Nix do without them', [
          'nix.settings.auto-allocate-uids = true;',
          'nix.settings.experimental-features = [ "auto-allocate-uids" ];',
        ]),
      ),
    ],
    brings: follows,
  },
];
