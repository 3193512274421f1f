/** Modes that are asked for once in a while, and end by themselves: one bundle, loaded with the first of them. */
export { runCheckMode } from './check.ts';
export { runCollectMode } from './collect.ts';
export { runExplainMode } from './explain.ts';
export { runRecoverMode } from './recover.ts';
