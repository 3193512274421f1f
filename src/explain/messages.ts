/** Every message that is known. Those further up win where two recognise the same words. */
import type { KnownMessage } from '../model/advice/known-message.ts';
import { machine } from './messages/machine.ts';
import { nixBuild } from './messages/nix-build.ts';
import { nixEvaluation } from './messages/nix-evaluation.ts';
import { ssh } from './messages/ssh.ts';

export const knownMessages: readonly KnownMessage[] = [...ssh, ...machine, ...nixEvaluation, ...nixBuild];
