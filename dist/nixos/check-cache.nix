# services.nixpulse.checkCache: caches and builders are checked every 15 minutes, for Prometheus and the dashboard.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  program = config.programs.nixpulse;
  check = config.services.nixpulse.checkCache;

  textfileDirectory = if check.textfile == null then null else dirOf check.textfile;

  # What is not set here is as docs/settings.md has it.
  settings = lib.filterAttrs (_name: value: value != null && value != [ ]) {
    inherit (check)
      cache
      upstream
      packages
      large
      within
      ;
    large-every = check.largeEvery;
    proxy-directory = check.proxyDirectory;
  };
in
{
  options.services.nixpulse.checkCache = {
    enable = lib.mkEnableOption "a check of caches and builders every 15 minutes (nixpulse check-cache)";

    interval = lib.mkOption {
      type = lib.types.str;
      default = "15min";
      example = "5min";
      description = ''
        From the start of one check to the next, as systemd.time(7) has it. The alert NixBuildCacheCheckStale comes
        after 30 minutes without one.
      '';
    };

    cache = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "http://nas:80";
      description = ''
        The cache that is to have everything; null: the one of the substituters that is asked first and is not
        cache.nixos.org.
      '';
    };

    upstream = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "https://cache.nixos.org" ];
      description = "Caches that the local one stands before.";
    };

    packages = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "hello" ];
      description = ''
        What is fetched, one at a time in turn, and removed again: of the flake nixpkgs, installables, or paths of the store. None: those of
        docs/settings.md.
      '';
    };

    large = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "firefox";
      description = "A larger one, which is fetched once in a while: it tells the speed; null: none.";
    };

    largeEvery = lib.mkOption {
      type = lib.types.nullOr (lib.types.ints.between 2 192);
      default = null;
      example = 12;
      description = "It is, every so many checks.";
    };

    proxyDirectory = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "/var/cache/nginx/nix";
      description = "Where a proxy on this machine keeps what it has fetched: its size is told.";
    };

    within = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "5 min";
      description = "A check that takes longer is cut off.";
    };

    textfile = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "/var/lib/prometheus-node-exporter-text-files/nix_build_cache.prom";
      description = ''
        A file that is kept for node_exporter's textfile collector; its directory is made. The collector has to be
        told of it: `services.prometheus.exporters.node.extraFlags`. null: `services.nixpulse.export` tells of it.
      '';
    };

    unit = lib.mkOption {
      type = lib.types.str;
      default = "nixpulse-check-cache";
      internal = true;
      description = "Name of the service and its timer.";
    };
  };

  config = lib.mkIf check.enable {
    services.nixpulse.settings = lib.optionalAttrs (settings != { }) { check-cache = settings; };

    systemd.tmpfiles.rules = lib.optional (textfileDirectory != null) "d ${textfileDirectory} 0755 root root -";

    systemd.timers.${check.unit} = {
      description = "nixpulse check of caches and builders, every ${check.interval}";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnBootSec = "5min";
        OnUnitActiveSec = check.interval;
        RandomizedDelaySec = "1min";
      };
    };

    systemd.services.${check.unit} = {
      description = "nixpulse check of caches and builders";
      wants = [ "network-online.target" ];
      after = [
        "network-online.target"
        "nix-daemon.socket"
      ];
      environment = {
        HOME = "/root";
        NIX_REMOTE = "daemon";
        XDG_CACHE_HOME = "/var/cache/nixpulse-check-cache";
      };
      path = [
        config.nix.package
        pkgs.openssh
      ];
      serviceConfig = {
        Type = "oneshot";
        ExecStart =
          "${lib.getExe program.package} check-cache"
          + lib.optionalString (check.textfile != null) " --textfile ${check.textfile}";
        CacheDirectory = "nixpulse-check-cache";
        CacheDirectoryMode = "0700";
        # Its runs are everybody's to read, as dashboards do.
        StateDirectory = "nixpulse-check-cache";
        StateDirectoryMode = "0755";
        # It ends by itself before: `within` is 10 minutes, and an hour at most.
        TimeoutStartSec = "65min";
        # What it brought into the store it removes at its end, by programs.
        TimeoutStopSec = 60;
        KillMode = "mixed";
        # 1: something is wrong with a cache or builder. Metrics tell that; a switch is not to list it as failed.
        SuccessExitStatus = "1 143";
        Nice = 5;
        IOSchedulingPriority = 7;
        OOMScoreAdjust = 500;
        CapabilityBoundingSet = "CAP_DAC_READ_SEARCH";
        NoNewPrivileges = true;
        ProtectSystem = "strict";
        ProtectHome = "read-only";
        PrivateTmp = true;
        ProtectControlGroups = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6 AF_NETLINK";
        RestrictRealtime = true;
        LockPersonality = true;
        SystemCallArchitectures = "native";
      }
      // lib.optionalAttrs (textfileDirectory != null) { ReadWritePaths = textfileDirectory; };
    };
  };
}
