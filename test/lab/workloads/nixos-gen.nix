# A fake NixOS system closure: a real store path with the files that are read of one, and a
# switch-to-configuration that runs: it writes a "boot menu" and a "current-system" below `run`.
# --argstr ver 24.11.20241101.abc --argstr kver 6.6.58 --argstr exit 4 --argstr failed "nginx.service" --argstr secs 5
{ ver ? "24.11.20241101.aaaaaaa", kver ? "6.6.58", exit ? "0", failed ? "", secs ? "0", package ? "jq-1.7.1", host ? "labhost", run }: with import ./tools.nix;
let
  kernel = mk { pname = "linux"; version = kver; script = "mkdir -p $out/lib/modules/${kver}; echo bzImage > $out/bzImage"; };
  parts = builtins.match "(.*)-([0-9][^-]*)" package;
  software = mk { pname = builtins.elemAt parts 0; version = builtins.elemAt parts 1; script = "mkdir -p $out/bin; echo ${package} > $out/bin/it"; };
in mk { pname = "nixos-system-${host}"; version = ver; inherit kernel software; script = ''
  mkdir -p $out/bin $out/specialisation $out/etc $out/sw
  ln -s $kernel/bzImage $out/kernel; ln -s $kernel $out/kernel-modules; ln -s $software/bin $out/sw/bin
  printf %s "${ver}" > $out/nixos-version; printf %s x86_64-linux > $out/system; printf 'loglevel=4 quiet' > $out/kernel-params
  printf 'systemd 256' > $out/init-interface-version; echo initrd > $out/initrd; echo init > $out/init
  echo '{"org.nixos.bootspec.v1":{"kernel":"'$kernel'/bzImage","kernelParams":["loglevel=4"],"label":"NixOS ${ver} (Linux ${kver})","toplevel":"'$out'"},"org.nixos.specialisation.v1":{}}' > $out/boot.json
  cat > $out/activate <<E
  #!/bin/sh
  ln -sfn $out ${run}/current-system
  E
  # The order is the real one: boot menu, then activation, then units; its lock is held throughout.
  cat > $out/bin/switch-to-configuration <<E
  #!/bin/sh
  case "\$1" in switch|boot) ;; *) echo "Usage: switch-to-configuration [switch|boot]" >&2; exit 1;; esac
  exec 9>>${run}/nixos/switch-to-configuration.lock
  flock 9
  echo "\$1 $out" >> ${run}/switch.log
  if [ "${exit}" = 1 ]; then echo "Failed to install bootloader" >&2; exit 1; fi
  echo "updating the boot loader (fake)..." >&2; echo $out > ${run}/boot-menu
  if [ "\$1" = boot ]; then exit 0; fi
  if [ "${exit}" = 100 ]; then echo "Warning: the new NixOS configuration has an init that is incompatible" >&2; exit 100; fi
  echo "stopping the following units: lab.service" >&2; sleep ${secs}
  echo "activating the configuration..." >&2; $out/activate
  if [ -n "${failed}" ]; then echo "warning: the following units failed: ${failed}" >&2; fi
  exit ${exit}
  E
  chmod +x $out/activate $out/bin/switch-to-configuration
''; }
