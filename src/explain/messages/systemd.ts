/** What systemd says of units that do not start or do not end. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';

export const systemd: readonly KnownMessage[] = [
  {
    id: 'unit-exited',
    from: 'systemd',
    rank: 'symptom',
    wordings: [
      seen(
        /(?<unit>[^\s:]+\.(?:service|mount|socket|swap)): (?:Main|Control|Mount|Swap) process exited, code=(?<code>exited|killed|dumped), status=(?<status>[^\s]+)/,
        'nixos-rebuild.service: Main process exited, code=exited, status=127/n/a',
        '8bitbuddhist/nix-configuration#1',
      ),
    ],
    title: '{unit} ended with status {status}',
    causes: [
      where(
        { status: /^203\/EXEC/ },
        because(
          'the program that it should start is not there, or its first line names an interpreter that is not',
          'systemctl cat {unit} | grep Exec',
          configure('name it by its package', [
            'systemd.services.NAME.serviceConfig.ExecStart = lib.getExe pkgs.PACKAGE;',
          ]),
        ),
      ),
      where(
        { status: /^217\/USER|^216\/GROUP/ },
        because(
          'its user or group does not exist',
          'systemctl show {unit} -p User,Group',
          configure('define it, or let systemd make one', [
            'systemd.services.NAME.serviceConfig.DynamicUser = true;',
          ]),
        ),
      ),
      where(
        { status: /^226\/NAMESPACE/ },
        because(
          'a path that its sandbox names does not exist',
          'systemctl show {unit} -p ReadWritePaths,BindPaths,PrivateTmp',
          configure('make the directory first', [
            'systemd.services.NAME.serviceConfig.StateDirectory = "NAME";',
          ]),
        ),
      ),
      where(
        { status: /^200\/CHDIR/ },
        because(
          'its working directory does not exist',
          'systemctl show {unit} -p WorkingDirectory',
          configure('make it', ['systemd.tmpfiles.rules = [ "d /PATH 0750 USER GROUP -" ];']),
        ),
      ),
      where(
        { status: /^127\b/ },
        because(
          'a command of its script is not in the PATH of the unit',
          'systemctl show {unit} -p Environment',
          configure('add its package', ['systemd.services.NAME.path = [ pkgs.PACKAGE ];']),
        ),
      ),
      where(
        { code: /^killed$/, status: /^9\/KILL/ },
        because(
          'it was killed: memory was short, or it did not end in time',
          'journalctl -k -b --no-pager | grep -iE "out of memory|oom-kill" | tail -3',
          advise('see whether the kernel or systemd-oomd killed it'),
        ),
      ),
      where(
        { code: /^(?:killed|dumped)$/, status: /^(?:11\/SEGV|6\/ABRT|4\/ILL)/ },
        because(
          'the program crashed',
          'coredumpctl info --no-pager | head -40',
          advise('see its log for the last words before; go back to the version before'),
        ),
      ),
      because(
        'the program says why in its own log',
        'journalctl -b -u {unit} -n 50 --no-pager',
        runAsRoot('start it again, with the configuration mended', 'systemctl restart {unit}'),
      ),
    ],
    brings: ['unit-result', 'unit-start-limit', 'unit-dependency', 'units-failed'],
  },
  {
    id: 'unit-start-limit',
    from: 'systemd',
    rank: 'symptom',
    wordings: [
      seen(
        /(?<unit>[^\s:]+\.\w+): Start request repeated too quickly/,
        'hydra-server.service: Start request repeated too quickly.',
        'NixOS/hydra#444',
      ),
      seen(
        /start request repeated too quickly for (?<unit>\S+\.\w+)/,
        'start request repeated too quickly for r101-bablefish.1.web.1.service',
        'remind101/empire#160',
        { until: '228' },
      ),
    ],
    title: '{unit} failed so often in a row that systemd gave up',
    causes: [
      because(
        'it ends right after its start; the reason stands in its log before this line',
        'journalctl -b -u {unit} -n 80 --no-pager',
        runAsRoot(
          'once it is mended: let systemd try again',
          'systemctl reset-failed {unit} && systemctl start {unit}',
        ),
        configure('if it only waits for something: slower', [
          'systemd.services.NAME.serviceConfig.RestartSec = 10;',
        ]),
      ),
    ],
    brings: ['unit-result', 'unit-dependency'],
  },
  {
    id: 'unit-timed-out',
    from: 'systemd',
    rank: 'cause',
    wordings: [
      seen(
        /(?<unit>[^\s:]+\.\w+): (?<what>[Ss]tart|start-pre|start-post|[Ss]top|[Rr]eload)(?:-\w+)? operation timed out\. (?:Terminating|Aborting|Killing|Skipping)/,
        'nfs-mountd.service: start operation timed out. Terminating.',
        'systemd, src/core/service.c service_dispatch_timer()',
      ),
      seen(
        /(?<unit>[^\s:]+\.\w+): (?<what>Mounting|Remounting|Unmounting|Starting|Stopping) timed out\. (?:Terminating|Aborting|Killing|Stopping|Skipping)/,
        'home.mount: Mounting timed out. Terminating.',
        'systemd 255, src/core/mount.c, socket.c and scope.c',
      ),
      seen(
        /(?<unit>[^\s:]+\.\w+): State '(?<what>[a-z-]+)' timed out/,
        "foo.service: State 'stop-sigterm' timed out. Killing.",
        'systemd, src/core/service.c service_dispatch_timer()',
      ),
      seen(
        /(?<unit>[^\s:]+\.\w+): Job \S+\/(?<what>start|stop|restart) timed out/,
        'home.mount: Job home.mount/start timed out.',
        'systemd, src/core/job.c job_emit_done_message()',
      ),
    ],
    title: '{unit} did not get ready, or did not end, in the time it has ({what})',
    causes: [
      because(
        'it waits for something that does not come: the network, a disk, another unit',
        'systemctl list-jobs; journalctl -b -u {unit} -n 50 --no-pager',
        advise('see in its log what it waits for'),
      ),
      because(
        'it is only slow: a migration, much data to write at its end',
        'systemctl show {unit} -p TimeoutStartUSec,TimeoutStopUSec',
        configure('give it more time', [
          'systemd.services.NAME.serviceConfig = { TimeoutStartSec = "10min"; TimeoutStopSec = "5min"; };',
        ]),
      ),
      because(
        'it is of a type that tells when it is ready, and the program never does',
        'systemctl show {unit} -p Type',
        configure('do not wait for a word of it', ['systemd.services.NAME.serviceConfig.Type = "exec";']),
      ),
    ],
    brings: ['unit-exited', 'unit-result', 'unit-dependency', 'units-failed'],
  },
  {
    id: 'unit-bad',
    from: 'systemd',
    rank: 'cause',
    wordings: [
      seen(
        /Unit (?<unit>\S+) has a bad unit file setting/,
        'Failed to start foo.service: Unit foo.service has a bad unit file setting.',
        'systemd, src/core/dbus-unit.c BUS_ERROR_BAD_UNIT_SETTING',
      ),
    ],
    title: 'systemd does not accept the settings of {unit}',
    causes: [
      because(
        'a value is not what that setting takes, or a service has no ExecStart',
        'systemd-analyze verify {unit}; systemctl status {unit} --no-pager',
        advise('mend what systemd-analyze names in the configuration'),
      ),
    ],
    brings: ['units-failed', 'switch-errors', 'rebuild-step'],
  },
  {
    id: 'unit-dependency',
    from: 'systemd',
    rank: 'consequence',
    wordings: [
      seen(
        /Dependency failed for (?<what>[^\n]+)/,
        'Dependency failed for Cryptography Setup for luksroot.',
        'raexera/yuki#19',
      ),
      seen(
        /A dependency job for (?<what>\S+) failed/,
        "A dependency job for zfs-import-cache.service failed. See 'journalctl -xe' for details.",
        'ophub/amlogic-s9xxx-armbian#536',
      ),
    ],
    title: '{what} was not started, since what it needs failed',
    causes: [
      because(
        'another unit failed before',
        'systemctl --failed; journalctl -b -p err --no-pager | head -40',
        run('see what it needs', 'systemctl list-dependencies UNIT'),
      ),
    ],
  },
  {
    id: 'unit-result',
    from: 'systemd',
    rank: 'consequence',
    wordings: [
      seen(
        /(?<unit>[^\s:]+\.\w+): Failed with result '(?!oom-kill)(?<result>[^']+)'/,
        "mount-pstore.service: Failed with result 'exit-code'.",
        'NixOS/nixpkgs#123888',
      ),
      seen(
        /Job for (?<unit>\S+) failed because (?<result>[^\n]+)/,
        'Job for systemd-udev-settle.service failed because the control process exited with error code.',
        'NixOS/nixpkgs#44053',
      ),
    ],
    title: '{unit} has failed',
    causes: [
      because(
        'its log says why',
        'journalctl -b -u {unit} -n 50 --no-pager',
        run('see its state', 'systemctl status {unit} --no-pager'),
      ),
    ],
  },
];
