/** Every message that is known. Those further up win where two recognise the same words. */
import type { KnownMessage } from '../model/advice/known-message.ts';
import { deploy } from './messages/deploy.ts';
import { deployTools } from './messages/deploy-tools.ts';
import { deployWaits } from './messages/deploy-waits.ts';
import { machine } from './messages/machine.ts';
import { nixBuild } from './messages/nix-build.ts';
import { nixEvaluation } from './messages/nix-evaluation.ts';
import { ssh } from './messages/ssh.ts';
import { sshKeys } from './messages/ssh-keys.ts';

export const knownMessages: readonly KnownMessage[] = [
  ...deploy,
  ...deployTools,
  ...deployWaits,
  ...sshKeys,
  ...ssh,
  ...machine,
  ...nixEvaluation,
  ...nixBuild,
];
