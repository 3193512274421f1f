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
import { cryptsetup } from './messages/cryptsetup.ts';
import { deploy } from './messages/deploy.ts';
import { deployTools } from './messages/deploy-tools.ts';
import { deployWaits } from './messages/deploy-waits.ts';
import { disks } from './messages/disks.ts';
import { homeManager } from './messages/home-manager.ts';
import { kernel } from './messages/kernel.ts';
import { machine } from './messages/machine.ts';
import { nixBuild } from './messages/nix-build.ts';
import { nixEvaluation } from './messages/nix-evaluation.ts';
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
  ...sshKeys,
  ...ssh,
  ...zfs,
  ...cryptsetup,
  ...disks,
  ...boot,
  ...kernel,
  ...systemd,
  ...builderConfigure,
  ...builderLanguages,
  ...builderCompile,
  ...builderRun,
  ...nixEvaluation,
  ...nixBuild,
  ...machine,
  ...system,
];
