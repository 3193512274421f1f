# The options of the modules in dist/nixos as a list, by a stand-in for the library of nixpkgs: what an option is called, takes,
# is by default, and says of itself.
let
  text = text: { inherit text; };
  # As NixOS words them; what a module may yet come to use stands here too.
  types = rec {
    package = "package";
    str = "string";
    bool = "boolean";
    int = "signed integer";
    float = "floating point number";
    path = "absolute path";
    port = "16 bit unsigned integer; between 0 and 65535 (both inclusive)";
    ints = {
      positive = "positive integer, meaning >0";
      unsigned = "unsigned integer, meaning >=0";
      between = low: high: "integer between ${toString low} and ${toString high} (both inclusive)";
    };
    numbers = ints;
    lines = "strings concatenated with \"\\n\"";
    nonEmptyStr = "non-empty string";
    singleLineStr = "(optionally newline-terminated) single-line string";
    anything = "anything";
    attrs = "attribute set";
    nullOr = type: "null or ${if builtins.match ".*,.*" type == null then type else "(${type})"}";
    listOf = type: "list of ${type}";
    nonEmptyListOf = type: "non-empty list of ${type}";
    attrsOf = type: "attribute set of ${type}";
    either = a: b: "${a} or ${b}";
    oneOf = types: builtins.concatStringsSep " or " types;
    enum = values: "one of ${builtins.concatStringsSep ", " (map builtins.toJSON values)}";
    strMatching = pattern: "string matching the pattern ${pattern}";
  };
  lib = {
    inherit types;
    mkOption = option: option // { isOption = true; };
    mkEnableOption = name: {
      isOption = true;
      type = types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${name}.";
    };
    literalExpression = text;
    mkIf = _condition: content: content;
    mkMerge = contents: contents;
  };
  # With what they import.
  read =
    file:
    let
      module = import file {
        inherit lib;
        config = throw "options must not depend on the configuration";
        pkgs.formats.toml = _settings: { type = "TOML value"; };
      };
    in
    [ module.options ] ++ builtins.concatLists (map read (module.imports or [ ]));
  described =
    name: option:
    if option.internal or false then
      [ ]
    else if option ? isOption then
      [
        {
          inherit name;
          inherit (option) type description;
          default =
            if option ? defaultText then
              option.defaultText
            else if option ? default then
              { value = option.default; }
            else
              null;
          example =
            if !(option ? example) then
              null
            else if option.example ? text then
              option.example
            else
              { value = option.example; };
        }
      ]
    else
      builtins.concatLists (map (key: described "${name}.${key}" option.${key}) (builtins.attrNames option));
  all = options: builtins.concatLists (map (root: described root options.${root}) (builtins.attrNames options));
in
builtins.concatLists (
  map all (read ../dist/nixos/module.nix ++ read ../dist/nixos/nix-build-cache-check.nix)
)
