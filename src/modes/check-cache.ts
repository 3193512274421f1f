/** `nixpulse check-cache [CACHE]`: caches and builders, tried out; on the screen, as JSON, and as metrics. */
import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { jsonDocument } from '../base/json-text.ts';
import { type Problem, problemText } from '../base/problem.ts';
import { cacheCheckDocument } from '../format/cache-check-json.ts';
import { cacheCheckText } from '../format/cache-check-text.ts';
import { cacheCheckMetrics } from '../format/metrics/cache-check-metrics.ts';
import { metricsText } from '../format/metrics/metrics-text.ts';
import { colorPaint, noPaint } from '../format/paint.ts';
import type { CacheCheck } from '../model/cache-check/cache-check.ts';
import { hasFailed } from '../model/cache-check/failed.ts';
import { hitRate } from '../model/cache-check/rotation.ts';
import { recordWithoutLogins, withoutLogin } from '../model/cache-check/without-login.ts';
import { runCheck } from '../probes/cache-check/run-check.ts';
import type { CheckCacheSettings } from '../settings/check-cache-rows.ts';
import { claimCheck } from './check-cache/claim.ts';
import { keepCheck, readKept } from './check-cache/kept-checks.ts';
import { checkFiles } from './environment.ts';
import { whyNot } from './export/metrics-file.ts';
import type { Given } from './mode.ts';
import { complaintLines, readSettings } from './settings.ts';
import { createVerbIo, type VerbIo } from './verb/verb-io.ts';

/** 0 where all is well, 1 where something is not or another check runs, 3 where nothing may be written, 130 after Ctrl-C. */
export async function runCheckCacheMode(given: Given): Promise<number> {
  const { invocation, ports, environment, complain, process, write } = given;
  const { settings, ...read } = await readSettings(given);
  for (const line of complaintLines(read)) complain(line);
  const wanted = wantedOf(given, settings.checkCache);
  if (wanted.cache !== null && !/^[a-z0-9+.-]+:\/\/\S+$/i.test(wanted.cache)) {
    complain(`'${wanted.cache}' is no address of a cache: http://nas, https://cache.example`);
    return 2;
  }
  const nowhere = await whyNoFile(given);
  if (nowhere !== null) {
    complain(nowhere);
    return 1;
  }
  const { own, shared } = checkFiles(environment, ports.native.uid);
  const io = createVerbIo({ process, write });
  const [cancelled, abandoned] = [new AbortController(), new AbortController()];
  const release = io.onInterrupt(() => (cancelled.signal.aborted ? abandoned : cancelled).abort());
  try {
    await waitByChance(invocation.jitter ?? 0, cancelled.signal, given);
    if (cancelled.signal.aborted) return 130;
    const claimed = await claimCheck({
      ports,
      path: `${dirname(own)}/check-cache.json`,
      shared,
      onProblem: (problem) =>
        complain(`${problem.where} cannot be written: after a crash nobody knows what was fetched`),
    });
    if (claimed.kind !== 'claimed') return refused(claimed, complain);
    try {
      const earlier = await readKept(own, ports);
      const signals = { cancelled: cancelled.signal, abandoned: abandoned.signal };
      const check = await checkNow(
        wanted,
        { earlier, remains: claimed.claim.remains, own },
        signals,
        io,
        given,
      );
      io.draw?.('');
      const interrupted = cancelled.signal.aborted;
      const code = await tell(check, { earlier, own, shared, interrupted }, given);
      return interrupted ? 130 : code;
    } finally {
      await claimed.claim.end();
    }
  } finally {
    io.draw?.('');
    release();
  }
}

/** Before anything is tried: what comes of it could not be told. */
async function whyNoFile({ invocation: { textfile }, ports: { files } }: Given): Promise<string | null> {
  if (textfile === null || !files.live) return null;
  const directory = await files.ownerSlow(dirname(resolve(textfile)));
  if (directory.ok || directory.problem.kind !== 'gone') return null;
  return `${textfile} cannot be written: ${whyNot(directory.problem)}`;
}

/** A flag or the operand beats the settings. */
function wantedOf({ invocation }: Given, settings: CheckCacheSettings): CheckCacheSettings {
  const { operand, within } = invocation;
  return { ...settings, cache: operand ?? settings.cache, withinSec: within ?? settings.withinSec };
}

function waitByChance(sec: number, cancelled: AbortSignal, { ports: { clock } }: Given): Promise<void> {
  if (sec === 0) return Promise.resolve();
  return new Promise((done) => {
    const cancel = clock.after(Math.random() * sec * 1000, done);
    cancelled.addEventListener('abort', () => {
      cancel();
      done();
    });
  });
}

function refused(
  claimed: { kind: 'busy'; by: { pid: number } } | { kind: 'problem'; problem: Problem },
  complain: Given['complain'],
): number {
  if (claimed.kind === 'busy') {
    complain(`another check runs (pid ${claimed.by.pid}): two at once would disturb each other`);
    return 1;
  }
  const { problem } = claimed;
  complain(`${problemText(problem)}: what is fetched has to be written down first`);
  return problem.kind === 'denied' ? 3 : 1;
}

interface Kept {
  readonly earlier: readonly CacheCheck[];
  readonly remains: Parameters<typeof runCheck>[0]['remains'];
  readonly own: string;
}

async function checkNow(
  wanted: CheckCacheSettings,
  { earlier, remains, own }: Kept,
  signals: { readonly cancelled: AbortSignal; readonly abandoned: AbortSignal },
  io: Pick<VerbIo, 'draw'>,
  { invocation, ports, environment }: Given,
): Promise<CacheCheck> {
  const { cache, upstream, packages, large, largeEvery, proxyDirectory, withinSec } = wanted;
  // The store that it would come into is another one than is looked at.
  const isOnlyToLook = invocation.readOnly || !ports.files.live;
  const found = await runCheck(
    {
      ...{ local: cache, upstream, packages, large, largeEvery, proxyDirectory },
      fetches: invocation.fetch && !isOnlyToLook,
      builds: invocation.build && !isOnlyToLook,
      withinMs: withinSec * 1000,
      ...{ nonce: randomUUID().replaceAll('-', ''), environment, earlier },
      // Nor is anything taken out of it.
      remains: isOnlyToLook ? { left: [], keep: async () => {} } : remains,
    },
    { ports, stateDirectory: dirname(own), progress: (text) => io.draw?.(withoutLogin(text)), ...signals },
  );
  const { textfile } = invocation;
  return {
    version: 1,
    ...recordWithoutLogins(found),
    textfile: textfile === null ? null : resolve(textfile),
  };
}

interface Ended {
  readonly shared: boolean;
  readonly interrupted: boolean;
}

/** The file of the collector last: what it says has been kept. One that was interrupted leaves it as it is. Exit code. */
async function tell(
  check: CacheCheck,
  { earlier, own, shared, interrupted }: Pick<Kept, 'earlier' | 'own'> & Ended,
  { invocation, ports, look, process, complain, write }: Given,
): Promise<number> {
  const kept = await keepCheck({ own, shared }, check, earlier, ports);
  if (!kept.ok) complain(`${own} cannot be written: ${whyNot(kept.problem)}`);
  const hits = hitRate([...earlier, check], check.endedMs);
  const style = { unicode: look.unicode, color: look.color ? colorPaint(look) : noPaint };
  const text = invocation.json
    ? jsonDocument(cacheCheckDocument(check, hits))
    : cacheCheckText(check, hits, { ...style, columns: process.stdout.columns ?? 100 });
  await write(`${text}\n`);
  if (check.textfile !== null && !interrupted) {
    const options = { shared: true, synced: false, makesDirectory: false };
    const written = await ports.ownFiles.replace(
      check.textfile,
      metricsText(cacheCheckMetrics(check)),
      options,
    );
    if (!written.ok) {
      complain(`${check.textfile} cannot be written: ${whyNot(written.problem)}`);
      return written.problem.kind === 'denied' && written.problem.cause === undefined ? 3 : 1;
    }
  }
  return hasFailed(check) ? 1 : 0;
}
