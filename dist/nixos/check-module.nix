# A NixOS with everything of the module switched on, as far as its services: a file with what each starts.
{
  pkgs,
  nixosSystem,
  module,
}:
let
  machine = nixosSystem {
    modules = [
      module
      {
        nixpkgs.pkgs = pkgs;
        programs.nixpulse.enable = true;
        programs.nixpulse.capabilities.enable = true;
        services.nixpulse = {
          record = true;
          followLogs = true;
          console = "tty8";
          guard.enable = true;
          export.enable = true;
          checkCache.enable = true;
        };
      }
    ];
  };
  ours = builtins.filter (name: builtins.match "nixpulse.*" name != null) (
    builtins.attrNames machine.config.systemd.services
  );
  starts = map (name: {
    inherit name;
    value = machine.config.systemd.services.${name}.serviceConfig.ExecStart;
  }) ours;
in
pkgs.writeText "nixpulse-services.json" (builtins.toJSON (builtins.listToAttrs starts))
