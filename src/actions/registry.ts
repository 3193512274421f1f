/** Which action carries out which Intent. Everything is loaded with it: the kill path waits for no module. */
import { generationReaders } from '../nix-store/generations.ts';
import type { Actions } from './action.ts';
import { cancel } from './cancel.ts';
import { collect } from './collect.ts';
import { collectGarbage } from './collect-garbage.ts';
import { holdGuard } from './hold-guard.ts';
import { kill } from './kill.ts';
import { limit } from './limit.ts';
import { lower } from './lower.ts';
import { pause } from './pause.ts';
import { probe } from './probe.ts';
import { repair } from './repair.ts';
import { restartDaemon, restartUnit } from './restart-daemon.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { createRollback } from './rollback.ts';
import { signalProcess } from './signal-process.ts';
import { verify } from './verify.ts';

/** A step of a procedure is carried out where procedures are (src/recover). */
export const actions: Omit<Actions, 'recover'> = {
  kill,
  signal: signalProcess,
  pause,
  resume,
  lower,
  limit,
  restore,
  cancel,
  'restart-daemon': restartDaemon,
  'restart-unit': restartUnit,
  'hold-guard': holdGuard,
  rollback: createRollback(generationReaders()),
  verify,
  collect,
  repair,
  'collect-garbage': collectGarbage,
  probe,
};
