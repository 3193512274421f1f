/** `nixpulse record`: a bundle of its own, so that what runs for weeks has in memory neither a screen nor other modes. */
import { runRecordMode } from './modes/record.ts';
import { start } from './modes/start.ts';

const loadMode = () => runRecordMode;

void start({ process, threads: 11, usual: { words: ['record'], command: 'record' }, loadMode });
