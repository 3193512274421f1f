# programs.nixpulse: the program with what it needs to see and to survive; services.nixpulse: the flight
# recorder, the guard and the metrics from boot on, and a dashboard on a spare text console.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  program = config.programs.nixpulse;
  service = config.services.nixpulse;

  # As in dist/systemd: alive while memory, disk and CPU are short.
  survives = {
    Slice = "nixpulse.slice";
    MemoryMin = "96M";
    MemorySwapMax = "0";
    CPUWeight = 1000;
    IOWeight = 1000;
    OOMScoreAdjust = -900;
    Nice = -20;
    LimitMEMLOCK = "infinity";
    StateDirectory = "nixpulse";
    StateDirectoryMode = "0700";
  };

  textfileDirectory = if service.export.textfile == null then null else dirOf service.export.textfile;

  toml = pkgs.formats.toml { };
  settings = lib.recursiveUpdate service.settings (
    lib.optionalAttrs service.guard.enable {
      guard = service.guard.settings // {
        dry-run = service.guard.dryRun;
      };
    }
  );
  written = toml.generate "nixpulse-config.toml" settings;
  # A wrong key fails the build of the system, by name and line, and not the guard at night.
  checked = pkgs.runCommand "nixpulse-config-checked.toml" { } ''
    HOME=/ ${lib.getExe program.package} guard --check --config ${written} > /dev/null
    cp ${written} $out
  '';
in
{
  imports = [ ./check-cache.nix ];

  options.programs.nixpulse = {
    enable = lib.mkEnableOption "nixpulse, htop for a Nix rebuild";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ./package.nix { };
      defaultText = lib.literalExpression "pkgs.callPackage ./package.nix { }";
      example = lib.literalExpression ''
        pkgs.callPackage ./nixpulse/dist/nixos/package.nix { registry = "https://…"; }
      '';
      description = "The nixpulse to install.";
    };

    capabilities = {
      enable = lib.mkOption {
        type = lib.types.bool;
        default = false;
        description = ''
          Whether the members of a group start nixpulse with the capabilities to read every process and to stay
          alive in a freeze, without sudo. They are as good as root: nixpulse hands them on to nothing that it
          starts, but who starts it decides in which environment it runs.
        '';
      };

      group = lib.mkOption {
        type = lib.types.str;
        default = "wheel";
        description = "Who may: a group whose members may become root anyway.";
      };
    };
  };

  options.services.nixpulse = {
    record = lib.mkEnableOption "the flight recorder from boot on (nixpulse replay /var/lib/nixpulse)";

    followLogs = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = ''
        Whether Nix (2.30 or newer) writes the log of all builds where root and the group `nixpulse` read it:
        phases and log lines of every client's builds, without a wrapper. It lies in memory, and the recorder,
        which this switches on, keeps it small. Build logs can hold secrets.
      '';
    };

    console = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "tty8";
      description = ''
        A text console that shows the dashboard, as root and without a login: whoever is at the keyboard
        can kill builds and roll back, unless `consoleReadOnly` is set.
      '';
    };

    consoleReadOnly = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "The console only looks.";
    };

    settings = lib.mkOption {
      type = toml.type;
      default = { };
      example = lib.literalExpression ''
        {
          diagnose.idleSec = "2 min";
        }
      '';
      description = ''
        What stands in `/etc/nixpulse/config.toml`: every key is in docs/settings.md. Users' own files and flags win
        over it.
      '';
    };

    checkSettings = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = ''
        Whether a wrong setting fails the build of the system. It runs nixpulse, which takes a machine that can: not
        where the system is built for another architecture.
      '';
    };

    export = {
      enable = lib.mkEnableOption "metrics for Prometheus from boot on (nixpulse export)";

      listen = lib.mkOption {
        type = lib.types.nullOr lib.types.str;
        default = "127.0.0.1:19977";
        example = "[::]:19977";
        description = ''
          Where they are served, at /metrics, without TLS and password; null: nowhere. The firewall is not opened.
        '';
      };

      textfile = lib.mkOption {
        type = lib.types.nullOr lib.types.str;
        default = null;
        example = "/var/lib/prometheus-node-exporter-text-files/nixpulse.prom";
        description = ''
          A file that is kept for node_exporter's textfile collector; its directory is made. The collector has to be
          told of it: `services.prometheus.exporters.node.extraFlags`.
        '';
      };

      top = lib.mkOption {
        type = lib.types.nullOr lib.types.ints.positive;
        default = null;
        example = 5;
        description = "So many builds have series by their name, those that hold the most memory; null: none.";
      };
    };

    guard = {
      enable = lib.mkEnableOption "the guard from boot on, which acts when nobody watches (nixpulse guard status)";

      dryRun = lib.mkOption {
        type = lib.types.bool;
        default = true;
        description = ''
          Whether it only tells what it would do, in the journal. Look at it for some days, then arm it.
        '';
      };

      settings = lib.mkOption {
        type = toml.type;
        default = { };
        example = lib.literalExpression ''
          {
            rules.memory.full = 30;
            rules.leak.actions = [ "tell" "pause" ];
            units = [
              {
                unit = "nix-daemon.service";
                asks = "/nix/var/nix/daemon-socket/socket";
              }
            ];
          }
        '';
        description = "Section `[guard]` of the settings: docs/settings.md.";
      };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf program.enable {
      environment.systemPackages = [ program.package ];
    })

    (lib.mkIf (program.enable && program.capabilities.enable) {
      security.wrappers.nixpulse = {
        source = lib.getExe program.package;
        owner = "root";
        inherit (program.capabilities) group;
        permissions = "u+rx,g+x";
        capabilities = "cap_sys_ptrace,cap_dac_read_search,cap_ipc_lock,cap_sys_nice,cap_sys_resource+ep";
      };
    })

    (lib.mkIf (settings != { }) {
      environment.etc."nixpulse/config.toml".source = if service.checkSettings then checked else written;
    })

    (lib.mkIf (service.record || service.guard.enable || service.export.enable || service.console != null) {
      systemd.slices.nixpulse = {
        description = "nixpulse, kept alive while the machine freezes";
        sliceConfig = {
          MemoryMin = "384M";
          CPUWeight = 1000;
          IOWeight = 1000;
        };
      };
    })

    (lib.mkIf service.record {
      systemd.services.nixpulse = {
        description = "nixpulse flight recorder";
        after = [ "local-fs.target" ];
        wantedBy = [ "multi-user.target" ];
        serviceConfig = survives // {
          ExecStart = "${lib.getExe program.package} record";
          ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
          Restart = "on-failure";
          RestartSec = 30;
          # 128 and SIGTERM: stopped, and not failed.
          SuccessExitStatus = 143;
          CapabilityBoundingSet = "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_IPC_LOCK CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYSLOG";
          NoNewPrivileges = true;
          ProtectSystem = "strict";
          ProtectHome = "read-only";
          # The log of all builds, which it keeps small.
          ReadWritePaths = "-/run/nixpulse";
          PrivateNetwork = true;
          RestrictAddressFamilies = "AF_UNIX";
          LockPersonality = true;
          ProtectKernelModules = true;
          SystemCallArchitectures = "native";
        };
      };
    })

    (lib.mkIf service.guard.enable {
      systemd.services.nixpulse-guard = {
        description = "nixpulse guard";
        after = [ "local-fs.target" ];
        wantedBy = [ "multi-user.target" ];
        # Changed settings are read by a reload: what is paused stays in the same hands.
        reloadTriggers = [ config.environment.etc."nixpulse/config.toml".source ];
        startLimitIntervalSec = 300;
        startLimitBurst = 5;
        environment.HOME = "/root";
        path = [
          config.nix.package
          pkgs.util-linux
        ]
        ++ lib.optional (service.guard.settings.notify or false) pkgs.libnotify;
        serviceConfig = survives // {
          Type = "notify";
          # Where root's dashboards look for what was paused, lowered and limited.
          ExecStartPre = "+${pkgs.coreutils}/bin/mkdir -p -m 0700 /root/.local/state/nixpulse";
          ExecStart = "${lib.getExe program.package} guard";
          ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
          # Whatever became of it: nothing stays paused.
          ExecStopPost = "-${lib.getExe program.package} guard release";
          RuntimeDirectory = "nixpulse-guard";
          RuntimeDirectoryPreserve = "restart";
          WatchdogSec = 30;
          WatchdogSignal = "SIGKILL";
          # It is ready when all has run once: on a machine that is short that takes a while.
          TimeoutStartSec = 300;
          TimeoutStopSec = 30;
          Restart = "always";
          RestartSec = 2;
          RestartPreventExitStatus = "2 3";
          # 128 and SIGTERM: stopped, and not failed.
          SuccessExitStatus = 143;
          KillMode = "mixed";
          CapabilityBoundingSet = "CAP_KILL CAP_SYS_NICE CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_DAC_OVERRIDE CAP_IPC_LOCK CAP_SYS_RESOURCE CAP_SYSLOG CAP_SETUID CAP_SETGID";
          NoNewPrivileges = true;
          ProtectSystem = "strict";
          ReadWritePaths = "-/root/.local/state/nixpulse -/run/nixpulse";
          # The limits of builds are written there.
          ProtectControlGroups = false;
          ProtectKernelModules = true;
          # Units are asked over the network whether they answer.
          RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6 AF_NETLINK";
          RestrictNamespaces = true;
          LockPersonality = true;
          SystemCallArchitectures = "native";
        };
      };
    })

    (lib.mkIf service.export.enable {
      systemd.tmpfiles.rules = lib.optional (textfileDirectory != null) "d ${textfileDirectory} 0755 root root -";
      systemd.services.nixpulse-export = {
        description = "nixpulse metrics";
        after = [
          "local-fs.target"
          "network.target"
        ];
        wantedBy = [ "multi-user.target" ];
        startLimitIntervalSec = 300;
        startLimitBurst = 5;
        serviceConfig = survives // {
          Type = "notify";
          ExecStart =
            "${lib.getExe program.package} export"
            + lib.optionalString (service.export.listen != null) " --listen ${service.export.listen}"
            + lib.optionalString (service.export.textfile != null) " --textfile ${service.export.textfile}"
            + lib.optionalString (service.export.top != null) " --top ${toString service.export.top}";
          ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
          WatchdogSec = 60;
          WatchdogSignal = "SIGKILL";
          TimeoutStartSec = 300;
          Restart = "on-failure";
          RestartSec = 30;
          RestartPreventExitStatus = "2 3";
          # 128 and SIGTERM: stopped, and not failed.
          SuccessExitStatus = 143;
          CapabilityBoundingSet = "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_IPC_LOCK CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYSLOG";
          NoNewPrivileges = true;
          ProtectSystem = "strict";
          ProtectHome = "read-only";
          # The log of all builds, which it keeps small.
          ReadWritePaths =
            "-/run/nixpulse" + lib.optionalString (textfileDirectory != null) " ${textfileDirectory}";
          RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6";
          LockPersonality = true;
          ProtectKernelModules = true;
          SystemCallArchitectures = "native";
        };
      };
    })

    (lib.mkIf service.followLogs {
      services.nixpulse.record = lib.mkDefault true;
      users.groups.nixpulse = { };
      systemd.mounts = [
        {
          description = "Log of all builds, for nixpulse";
          what = "tmpfs";
          where = "/run/nixpulse";
          type = "tmpfs";
          options = "size=64M,nr_inodes=64,mode=0750,nosuid,nodev,noexec";
          before = [
            "nix-daemon.service"
            "nixpulse.service"
          ];
          wantedBy = [ "local-fs.target" ];
        }
      ];
      systemd.tmpfiles.rules = [ "d /run/nixpulse 0750 root nixpulse -" ];
      # For root alone: users' own Nix, which would complain that it may not write there, does not see it.
      environment.etc."nix/nixpulse.conf" = {
        mode = "0600";
        text = ''
          json-log-path = /run/nixpulse/log.json
        '';
      };
      nix.extraOptions = ''
        !include /etc/nix/nixpulse.conf
      '';
    })

    (lib.mkIf (service.console != null) {
      systemd.services."getty@${service.console}".enable = false;
      systemd.services.nixpulse-console = {
        description = "nixpulse on ${service.console}";
        after = [
          "systemd-user-sessions.service"
          "getty-pre.target"
        ];
        conflicts = [ "getty@${service.console}.service" ];
        wantedBy = [ "multi-user.target" ];
        # A rebuild must not take down what watches it.
        restartIfChanged = false;
        environment = {
          TERM = "linux";
          # A service has none: where the journal and the list of paused builds are.
          HOME = "/root";
        };
        path = [ config.nix.package ];
        unitConfig.ConditionPathExists = "/dev/tty0";
        serviceConfig = survives // {
          ExecStart = lib.getExe program.package + lib.optionalString service.consoleReadOnly " --read-only";
          StandardInput = "tty-force";
          StandardOutput = "tty";
          StandardError = "journal";
          TTYPath = "/dev/${service.console}";
          TTYReset = true;
          TTYVHangup = true;
          TTYVTDisallocate = true;
          UtmpIdentifier = service.console;
          Restart = "always";
          RestartSec = 2;
          SuccessExitStatus = 143;
          KillMode = "process";
        };
      };
    })
  ];
}
