/** The runs that are kept stay as many as are read, and the newest is among them. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mostCheckFileBytes, mostChecks } from '../../../src/model/cache-check/check-file.ts';
import { keepCheck, readKept } from '../../../src/modes/check-cache/kept-checks.ts';
import { cacheCheck } from '../../support/cache-check.ts';
import { realProbe } from '../../support/probe-context.ts';

test.each([
  ['many', 'x', mostChecks],
  ['large ones', 'x'.repeat(100_000), null],
])('of %s', async (_, said, count) => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-kept-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'cache-checks.jsonl');
  const { ports } = realProbe().context;
  const of = (endedMs: number) => ({ ...cacheCheck, endedMs, fetch: { ...cacheCheck.fetch, said } });
  const earlier = Array.from({ length: mostChecks + 10 }, (_, at) => of(at));
  expect(await keepCheck({ own: path, shared: false }, of(9999), earlier, ports)).toMatchObject({ ok: true });
  expect(statSync(path).size).toBeLessThanOrEqual(mostCheckFileBytes);
  const kept = await readKept(path, ports);
  if (count !== null) expect(kept).toHaveLength(count);
  expect(kept.at(-1)?.endedMs).toBe(9999);
});
