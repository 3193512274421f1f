/** Every message that is known. Those further up win where two recognise the same words. */
import type { KnownMessage } from '../model/advice/known-message.ts';
import { activation } from './messages/activation.ts';
import { activationUnits } from './messages/activation-units.ts';
import { boot } from './messages/boot.ts';
import { bootloader } from './messages/bootloader.ts';
import { builderCompile } from './messages/builder-compile.ts';
import { builderConfigure } from './messages/builder-configure.ts';
import { builderLanguages } from './messages/builder-languages.ts';
import { builderRun } from './messages/builder-run.ts';
import { builderStdenv } from './messages/builder-stdenv.ts';
import { cryptsetup } from './messages/cryptsetup.ts';
import { darwin } from './messages/darwin.ts';
import { deploy } from './messages/deploy.ts';
import { deployTools } from './messages/deploy-tools.ts';
import { deployWaits } from './messages/deploy-waits.ts';
import { disks } from './messages/disks.ts';
import { homeManager } from './messages/home-manager.ts';
import { kernel } from './messages/kernel.ts';
import { machine } from './messages/machine.ts';
import { nixBuild } from './messages/nix-build.ts';
import { nixBuilders } from './messages/nix-builders.ts';
import { nixCaches } from './messages/nix-caches.ts';
import { nixDaemon } from './messages/nix-daemon.ts';
import { nixDownloads } from './messages/nix-downloads.ts';
import { nixEvaluation } from './messages/nix-evaluation.ts';
import { nixFiles } from './messages/nix-files.ts';
import { nixFlakes } from './messages/nix-flakes.ts';
import { nixGit } from './messages/nix-git.ts';
import { nixHashes } from './messages/nix-hashes.ts';
import { nixOutputs } from './messages/nix-outputs.ts';
import { nixProfiles } from './messages/nix-profiles.ts';
import { nixSettings } from './messages/nix-settings.ts';
import { nixStore } from './messages/nix-store.ts';
import { nixTypes } from './messages/nix-types.ts';
import { nixosOptions } from './messages/nixos-options.ts';
import { nixpkgs } from './messages/nixpkgs.ts';
import { ssh } from './messages/ssh.ts';
import { sshKeys } from './messages/ssh-keys.ts';
import { system } from './messages/system.ts';
import { systemd } from './messages/systemd.ts';
import { zfs } from './messages/zfs.ts';

/** What many say with the same words (`No space left on device`) stands behind what only one can mean. */
export const knownMessages: readonly KnownMessage[] = [
  ...deploy,
  ...deployTools,
  ...deployWaits,
  ...activation,
  ...activationUnits,
  ...bootloader,
  ...homeManager,
  ...darwin,
  ...sshKeys,
  ...ssh,
  ...zfs,
  ...cryptsetup,
  ...disks,
  ...boot,
  ...kernel,
  ...systemd,
  ...builderStdenv,
  ...builderConfigure,
  ...builderLanguages,
  ...builderCompile,
  ...builderRun,
  ...nixpkgs,
  ...nixosOptions,
  ...nixStore,
  ...nixGit,
  ...nixFiles,
  ...nixEvaluation,
  ...nixTypes,
  ...nixFlakes,
  ...nixSettings,
  ...nixDownloads,
  ...nixHashes,
  ...nixCaches,
  ...nixBuilders,
  ...nixDaemon,
  ...nixProfiles,
  ...nixOutputs,
  ...nixBuild,
  ...machine,
  ...system,
];
