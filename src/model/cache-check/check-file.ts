/**
 * Where runs of check-cache are kept, and how many: JSON, a run a line, the newest last (parse/cache-check-file.ts).
 * Replaced as a whole by whoever runs; read by dashboards and exports.
 */

/** `/var/lib/nixpulse-check-cache/cache-checks.jsonl` of root, `~/.local/state/nixpulse/cache-checks.jsonl`. */
export const checkFileName = 'cache-checks.jsonl';

/** Two days, one every 15 minutes. */
export const mostChecks = 192;
export const mostCheckFileBytes = 4 << 20;
