/** Every key of the dashboard: dispatch, footer, help and docs/keys.md are drawn from these rows. */
import { actCommands } from './act-table.ts';
import { answerCommands } from './answer-table.ts';
import type { Command } from './command.ts';
import { diagnosisCommands } from './diagnosis-table.ts';
import { guardCommands } from './guard-table.ts';
import { historyCommands } from './history-table.ts';
import { listCommands } from './list-table.ts';
import { logCommands } from './log-table.ts';
import { moveCommands } from './move-table.ts';
import { peerCommands } from './peer-table.ts';
import { programCommands } from './program-table.ts';
import { replayCommands } from './replay-table.ts';
import { storeCommands } from './store-table.ts';
import { typingCommands } from './typing-table.ts';
import { viewCommands } from './view-table.ts';

/** In the order of the help. */
export const commands: readonly Command[] = [
  ...moveCommands,
  ...listCommands,
  ...logCommands,
  ...diagnosisCommands,
  ...guardCommands,
  ...peerCommands,
  ...viewCommands,
  ...historyCommands,
  ...replayCommands,
  ...programCommands,
  ...typingCommands,
  ...actCommands,
  ...storeCommands,
  ...answerCommands,
];
