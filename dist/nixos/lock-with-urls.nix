# package-lock.json keeps no addresses, so that it holds for every mirror of the npm registry; Nix needs
# them. `registry`: its address without a slash at the end. A package without an integrity hash is left
# out: only optional ones for other systems have none.
{ registry, lock }:

let
  inherit (builtins)
    attrNames
    filter
    listToAttrs
    match
    elemAt
    ;
  # "node_modules/a/node_modules/@scope/name" is the package @scope/name.
  nameOf = path: elemAt (match "(.*/)?node_modules/((@[^/]+/)?[^/]+)" path) 1;
  baseOf = name: elemAt (match "(@[^/]+/)?(.+)" name) 1;

  withUrl =
    path: entry:
    if path == "" || entry ? resolved then
      entry
    else
      let
        name = entry.name or (nameOf path);
      in
      entry // { resolved = "${registry}/${name}/-/${baseOf name}-${entry.version}.tgz"; };

  kept = filter (path: path == "" || lock.packages.${path} ? integrity) (attrNames lock.packages);
in
lock
// {
  packages = listToAttrs (
    map (path: {
      name = path;
      value = withUrl path lock.packages.${path};
    }) kept
  );
}
