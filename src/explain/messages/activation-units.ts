/** What switch-to-configuration says of the units that it stops and starts. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { bootAndReboot } from './activation.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';

export const activationUnits: readonly KnownMessage[] = [
  {
    id: 'units-failed',
    from: 'activation',
    rank: 'symptom',
    wordings: [
      seen(
        /warning: the following units failed: (?<units>[^\n]+)/,
        'warning: the following units failed: mount-pstore.service',
        'NixOS/nixpkgs#123888',
      ),
    ],
    title: 'the system is switched, but not every unit runs: {units}',
    causes: [
      where(
        { units: /^home-manager-/ },
        because(
          'home-manager met a file that is in its way, or a user without a session',
          'journalctl -b -u "home-manager-*" -n 50 --no-pager',
          advise('read in its log which file it is, and put that aside'),
        ),
      ),
      because(
        'the unit says why in its own log',
        'systemctl status --failed --no-pager -n 20',
        runAsRoot('try one again', 'systemctl restart UNIT', 'what it still serves is interrupted'),
        runAsRoot(
          'go back to the generation before',
          'nixos-rebuild switch --rollback',
          'the new configuration is not used',
        ),
      ),
      because(
        'the unit was just waiting to be restarted when switch-to-configuration looked (exit code 4)',
        'systemctl --failed',
        advise('if nothing is listed any more, nothing is to do'),
      ),
    ],
    brings: ['switch-errors', 'rebuild-step', 'deploy-rs-activation', 'unit-result'],
  },
  {
    id: 'unit-masked',
    from: 'activation',
    rank: 'cause',
    wordings: [
      seen(
        /Failed to (?:start|restart|reload|stop) (?<unit>\S+): Unit (?<masked>\S+) is masked/,
        'Failed to start local-fs.target: Unit -.mount is masked.',
        'NixOS/nixpkgs#4002',
      ),
    ],
    title: '{unit} needs {masked}, which is masked: systemd may not start it',
    causes: [
      because(
        'the unit has gone from the configuration, or /etc/fstab and it contradict each other',
        'systemctl cat {masked}; ls -l /etc/systemd/system/{masked} /run/systemd/system/{masked}',
        configure('let the configuration have the unit, or what it mounts', [
          'fileSystems."/PATH" = { device = "…"; fsType = "…"; };',
        ]),
        bootAndReboot,
      ),
      because(
        'somebody masked it by hand',
        'ls -l /run/systemd/system/{masked}',
        runAsRoot('take the mask away', 'systemctl unmask {masked}'),
      ),
    ],
    brings: ['switch-errors', 'rebuild-step'],
  },
  {
    id: 'unit-missing',
    from: 'activation',
    rank: 'cause',
    wordings: [
      seen(
        /Failed to (?:start|restart|reload|stop) (?<unit>\S+): Unit (?<missing>\S+) not found/,
        'Failed to start foo.service: Unit foo.service not found.',
        'systemd, src/systemctl/systemctl-start-unit.c; src/core/dbus-unit.c',
      ),
      seen(
        /org\.freedesktop\.systemd1\.NoSuchUnit: Unit (?<missing>\S+) not found/,
        'error: GDBus.Error:org.freedesktop.systemd1.NoSuchUnit: Unit dconf.service not found.',
        'nix-community/home-manager#2838',
      ),
    ],
    title: 'there is no unit {missing}',
    causes: [
      where(
        { missing: /^dconf\.service$/ },
        because(
          'dconf is not enabled on the system',
          null,
          configure('enable it', ['programs.dconf.enable = true;']),
        ),
      ),
      because(
        'the configuration wants or restarts a unit that none of its modules defines',
        'systemctl list-unit-files {missing}',
        advise('enable the module that has it, or mend the name in the configuration'),
      ),
    ],
    brings: ['switch-errors', 'rebuild-step'],
  },
  {
    id: 'no-systemd',
    from: 'systemd',
    rank: 'cause',
    wordings: [
      seen(
        /System has not been booted with systemd as init system/,
        "System has not been booted with systemd as init system (PID 1). Can't operate.",
        'systemd, src/shared/bus-util.c bus_log_connect_error()',
      ),
      seen(
        /Failed to connect to (?:(?:system|user) scope )?bus[^\n:]*: (?<said>[^\n]+)/,
        'Failed to connect to bus: No such file or directory',
        'systemd, src/shared/bus-util.c bus_log_connect_error()',
      ),
    ],
    title: 'systemd does not answer here',
    causes: [
      because(
        'this is a container, a chroot or a rescue system, in which no systemd runs',
        'ps -p 1 -o comm=; systemd-detect-virt',
        advise(
          'let only the boot loader and the profile be written (nixos-rebuild boot), and reboot into it',
        ),
      ),
      because(
        'D-Bus or systemd hang, or for a user there is no session (sudo -u, su)',
        'systemctl is-system-running',
        run('for a user unit: begin a session first', 'machinectl shell USER@'),
        advise('if systemctl says nothing for minutes: reboot'),
      ),
    ],
    brings: ['switch-errors', 'rebuild-step'],
  },
  {
    id: 'switch-errors',
    from: 'nixos-rebuild',
    rank: 'consequence',
    wordings: [
      seen(
        /warning: error\(s\) occurred while switching to the new configuration/,
        'warning: error(s) occurred while switching to the new configuration',
        'NixOS/nixpkgs#123888',
        { until: '25.05' },
      ),
    ],
    title: 'not everything of the switch succeeded',
    causes: [
      because(
        'what failed stands above this line',
        'systemctl --failed; journalctl -t nixos -n 50 --no-pager',
        advise('read what stands above: boot loader, activation, or units'),
      ),
    ],
  },
];
