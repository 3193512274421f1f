/**
 * `nixpulse rescue`: a bundle of its own, so that neither React nor Ink is read from a disk that hardly answers.
 * All of it is in memory from the start.
 */
import { runRescueMode } from './modes/rescue.ts';
import { start } from './modes/start.ts';

const loadMode = () => runRescueMode;

void start({ process, threads: 9, usual: { words: ['rescue'], command: 'rescue' }, loadMode });
