/**
 * What a configuration wants of its machine, as one expression of Nix. Each part by itself, and null where its option is
 * not there (disko, an older nixpkgs) or throws. Parsed by parse/wanted-system.ts.
 */

/** `whole`: with all that building begins with, so that its errors show too; without it parts of what is broken come. */
export function wantedExpression(system: string, whole: boolean): string {
  return `let
  system = ${system};
  config = system.config or { };
  try = value: let tried = builtins.tryEval (builtins.deepSeq value value); in if tried.success then tried.value else null;
  each = take: set: if builtins.isAttrs set then map (name: take name set.\${name}) (builtins.attrNames set) else [ ];
  loader = config.boot.loader or { };
  users = config.users.users or { };
  ssh = config.services.openssh or { };
  keysOf = user: {
    inherit user;
    keys = try (
      (users.\${user}.openssh.authorizedKeys.keys or [ ])
      ++ map (file: builtins.readFile file) (users.\${user}.openssh.authorizedKeys.keyFiles or [ ])
    );
  };
  isAdmin = user: user == "root" || builtins.elem "wheel" (users.\${user}.extraGroups or [ ]);
  parts = {
    system =
      let ofPackages = try (system.pkgs.stdenv.hostPlatform.system or null);
      in if ofPackages != null then ofPackages else try (config.nixpkgs.hostPlatform.system or null);
    hostName = try (config.networking.hostName or null);
    hostId = try (config.networking.hostId or null);
    kernelVersion = try (config.boot.kernelPackages.kernel.version or null);
    zfs = try (config.boot.zfs.enabled or null);
    zfsVersion = if try (config.boot.zfs.enabled or null) == true then try (config.boot.zfs.package.version or null) else null;
    fileSystems = try (each (mountPoint: fs: {
      inherit mountPoint;
      device = fs.device or null;
      type = fs.fsType or null;
      options = fs.options or [ ];
    }) (config.fileSystems or { }));
    disks = if config ? disko then try (each (name: disk: {
      inherit name;
      device = disk.device or null;
      espSizes = builtins.concatLists (each (_: part:
        let size = part.size or "0";
        in if builtins.elem (part.type or null) [ "EF00" "ef00" "C12A7328-F81F-11D2-BA4B-00A0C93EC93B" ]
        then [ (if size == "0" then part.end or size else size) ] else [ ]
      ) (disk.content.partitions or { }));
    }) (config.disko.devices.disk or { })) else null;
    loader = try {
      kind =
        if loader.systemd-boot.enable or false then "systemd-boot"
        else if loader.grub.enable or false then "grub"
        else "other";
      efi =
        if loader.systemd-boot.enable or false then true
        else if loader.grub.enable or false then loader.grub.efiSupport or false
        else null;
      mountPoint = loader.efi.efiSysMountPoint or null;
    };
    sshd = try (ssh.enable or null);
    rootLogin = try (ssh.settings.PermitRootLogin or ssh.permitRootLogin or null);
    keys = map keysOf (builtins.filter (user: try (isAdmin user) == true) (builtins.attrNames users));
    asksAtBoot = try (
      (config.boot.initrd.luks.devices or { }) != { }
      || builtins.any (pool: (pool.rootFsOptions.encryption or "off") != "off")
        (builtins.attrValues (config.disko.devices.zpool or { }))
    );
    initrdSsh = try (config.boot.initrd.network.ssh.enable or null);
  };
in parts // { drvPath = ${whole ? 'if system ? config then config.system.build.toplevel.drvPath else system.drvPath' : 'null'}; }`;
}
