# services.prometheus.nixBuildCacheCheck, the options of the module nix-build-cache-check, for checks by nixpulse: units,
# file and metrics keep their names. Import it instead of that module, beside module.nix.
{ config, lib, ... }:

let
  check = config.services.prometheus.nixBuildCacheCheck;
in
{
  options.services.prometheus.nixBuildCacheCheck = {
    enable = lib.mkEnableOption "a check of caches and builders, for node_exporter's textfile collector";

    interval = lib.mkOption {
      type = lib.types.str;
      default = "15m";
      example = "1h";
      description = "From the start of one check to the next, as systemd.time(7) has it.";
    };

    cacheUrl = lib.mkOption {
      type = lib.types.str;
      default = "http://nas-01:80";
      description = "The binary cache that is to have everything. The default is that module's.";
    };

    metricsPath = lib.mkOption {
      type = lib.types.str;
      default = "/var/lib/prometheus-node-exporter-text-files/nix_build_cache.prom";
      description = "The file for node_exporter's textfile collector; its directory is made.";
    };
  };

  config = lib.mkIf check.enable {
    services.nixpulse.checkCache = {
      enable = true;
      inherit (check) interval;
      cache = check.cacheUrl;
      textfile = check.metricsPath;
      unit = "nix-build-cache-check";
    };
  };
}
