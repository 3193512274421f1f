# As much of nixpkgs' lib and module system as the modules use: options are what is set or their defaults,
# definitions are merged key by key, lists one after the other. What a module sets of services is set for those behind it.
settings:

let
  isSet = v: builtins.isAttrs v && !(v ? _if) && !(v ? _merge);
  merge =
    a: b:
    a
    // builtins.mapAttrs (
      name: value: if a ? ${name} && isSet a.${name} && isSet value then merge a.${name} value else value
    ) b;
  define =
    a: b:
    a
    // builtins.mapAttrs (
      name: value:
      if !(a ? ${name}) then
        value
      else if isSet a.${name} && isSet value then
        define a.${name} value
      else if builtins.isList a.${name} && builtins.isList value then
        a.${name} ++ value
      else
        value
    ) b;
  resolve =
    v:
    if builtins.isAttrs v && v ? _if then
      (if v._if then resolve v.content else { })
    else if builtins.isAttrs v && v ? _merge then
      builtins.foldl' define { } (map resolve v._merge)
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
    filterAttrs =
      keep: set:
      builtins.removeAttrs set (
        builtins.filter (name: !(keep name set.${name})) (builtins.attrNames set)
      );
    getExe = package: "${package}/bin/nixpulse";
    types = {
      package = "package";
      str = "str";
      bool = "bool";
      ints.positive = "positive";
      ints.between = _least: _most: "between";
      nullOr = type: type;
      listOf = type: type;
    };
  };

  pkgs = {
    callPackage = file: _overrides: toString file;
    coreutils = "/coreutils";
    util-linux = "/util-linux";
    libnotify = "/libnotify";
    openssh = "/openssh";
    formats.toml = _settings: {
      type = "toml";
      generate = name: value: "${name} ${builtins.toJSON value}";
    };
    runCommand = name: _environment: script: "${name} of ${script}";
  };

  modules = [
    ../../dist/nixos/nix-build-cache-check.nix
    ../../dist/nixos/check-cache.nix
    ../../dist/nixos/module.nix
  ];
  evaluated =
    given: files:
    map (
      file:
      import file {
        inherit lib pkgs;
        config = {
          environment.etc."nixpulse/config.toml".source = "config.toml";
          nix.package = "/nix/store/nix";
        }
        // given;
      }
    ) files;
  options = builtins.foldl' merge { } (map (module: module.options) (evaluated { } modules));
  valuesOf = given: {
    programs.nixpulse = valueOf options.programs.nixpulse (given.programs.nixpulse or { });
    services.nixpulse = valueOf options.services.nixpulse (given.services.nixpulse or { });
    services.prometheus.nixBuildCacheCheck = valueOf options.services.prometheus.nixBuildCacheCheck (
      given.services.prometheus.nixBuildCacheCheck or { }
    );
  };
  given = {
    programs.nixpulse = settings.programs;
    services = {
      nixpulse = settings.services;
      prometheus.nixBuildCacheCheck = settings.compatible or { };
    };
  };
  step =
    { made, given }:
    file:
    let
      module = builtins.head (evaluated (valuesOf given) [ file ]);
      defined = resolve module.config;
    in
    {
      made = define made defined;
      given = if defined ? services then merge given { inherit (defined) services; } else given;
    };
in
(builtins.foldl' step {
  made = { };
  inherit given;
} modules).made
