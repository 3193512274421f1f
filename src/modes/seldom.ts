/** What is asked for once in a while, and ends by itself: one bundle, loaded with the first of it. */
export { runCheckMode } from './check.ts';
export { runCheckCacheMode } from './check-cache.ts';
export { runCollectMode } from './collect.ts';
export { runExplainMode } from './explain.ts';
export { runRecoverMode } from './recover.ts';
export { checkFirst } from './watch/check-first.ts';
