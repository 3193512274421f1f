# As much of nixpkgs' lib and module system as the module uses: options are what is set or their defaults,
# definitions are merged key by key.
settings:

let
  isSet = v: builtins.isAttrs v && !(v ? _if) && !(v ? _merge);
  merge =
    a: b:
    a
    // builtins.mapAttrs (
      name: value: if a ? ${name} && isSet a.${name} && isSet value then merge a.${name} value else value
    ) b;
  resolve =
    v:
    if builtins.isAttrs v && v ? _if then
      (if v._if then resolve v.content else { })
    else if builtins.isAttrs v && v ? _merge then
      builtins.foldl' merge { } (map resolve v._merge)
    else
      v;
  isOption = v: v ? description;
  valueOf =
    declared: given:
    builtins.mapAttrs (
      name: option:
      if isOption option then
        given.${name} or (option.default or (throw "the option ${name} has no value and no default"))
      else
        valueOf option (given.${name} or { })
    ) declared;

  lib = {
    mkEnableOption = description: { inherit description; default = false; };
    mkOption = option: option;
    mkDefault = value: value;
    mkIf = condition: content: { _if = condition; inherit content; };
    mkMerge = contents: { _merge = contents; };
    literalExpression = text: text;
    optionalString = condition: text: if condition then text else "";
    optional = condition: value: if condition then [ value ] else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    recursiveUpdate = merge;
    getExe = package: "${package}/bin/nixpulse";
    types = {
      package = "package";
      str = "str";
      bool = "bool";
      ints.positive = "positive";
      nullOr = type: type;
    };
  };

  pkgs = {
    coreutils = "/coreutils";
    util-linux = "/util-linux";
    libnotify = "/libnotify";
    formats.toml = _settings: {
      type = "toml";
      generate = name: value: "${name} ${builtins.toJSON value}";
    };
    runCommand = name: _environment: script: "${name} of ${script}";
  };

  module = import ../../dist/nixos/module.nix {
    inherit lib pkgs;
    config = {
      environment.etc."nixpulse/config.toml".source = "config.toml";
      programs.nixpulse = valueOf module.options.programs.nixpulse settings.programs;
      services.nixpulse = valueOf module.options.services.nixpulse settings.services;
      nix.package = "/nix/store/nix";
    };
  };
in
resolve module.config
