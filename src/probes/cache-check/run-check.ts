/** One run of check-cache, from the caches to the builders, within its time; what it brought is removed again. */
import type { BuildTest, CacheCheck, FetchTest } from '../../model/cache-check/cache-check.ts';
import { isLargeTurn, rotated } from '../../model/cache-check/rotation.ts';
import { type NixConfig, wordsOf } from '../../parse/nix-config-json.ts';
import type { Brought } from '../../parse/remains-file.ts';
import type { HttpOptions } from '../http-get.ts';
import { readNixConfig } from '../nix-config.ts';
import type { ProbeContext } from '../probe.ts';
import { type AskedCache, askCache } from './ask-cache.ts';
import { checkBuilders } from './builders.ts';
import { readCacheWorld } from './cache-world.ts';
import { type ChosenPackage, choosePackage } from './choose-package.ts';
import { fetchPackage, untestedFetch } from './fetch-package.ts';
import { daemonEnvironment } from './nix-words.ts';
import { readProxyDisk } from './proxy-disk.ts';
import { broughtBy, removePaths } from './remove-paths.ts';
import { type CachesWanted, cachesToAsk, withRoles } from './which-caches.ts';

export interface CheckOptions extends CachesWanted {
  readonly packages: readonly string[];
  /** Empty: there is none. */
  readonly large: string;
  /** Of so many runs one fetches it. */
  readonly largeEvery: number;
  /** Empty: no proxy is on this machine. */
  readonly proxyDirectory: string;
  /** What is tested besides caches. */
  readonly fetches: boolean;
  readonly builds: boolean;
  /** All of it. */
  readonly withinMs: number;
  /** Letters and digits, another one each time. */
  readonly nonce: string;
  readonly environment: HttpOptions['environment'];
  /** Runs before, the newest last. */
  readonly earlier: readonly CacheCheck[];
  readonly remains: Remains;
}

/** What runs may have left in the store, on a disk: one that is killed is cleaned up after by the next. */
export interface Remains {
  /** Of earlier runs. */
  readonly left: readonly Brought[];
  keep(brought: readonly Brought[]): Promise<void>;
}

/** `cancelled` of the context ends the tests; `abandoned` also what is done to leave nothing behind. */
export interface CheckContext extends ProbeContext {
  readonly abandoned: AbortSignal;
}

export type CheckFound = Omit<CacheCheck, 'version' | 'textfile'>;

/** Kept for cleaning up. */
const mostReserveMs = 30_000;
const mostChooseMs = 120_000;
const mostFetchMs = 300_000;
const mostCountMs = 60_000;

const leftOut: BuildTest = {
  ...{ state: 'untested', untested: 'left-out', said: null, builder: null, sec: null },
};
const noTime: BuildTest = { ...leftOut, untested: 'time' };

export async function runCheck(options: CheckOptions, context: CheckContext): Promise<CheckFound> {
  const { clock } = context.ports;
  const { withinMs, proxyDirectory, earlier } = options;
  const startedMs = clock.now();
  const endMs = clock.monotonic() + withinMs - Math.min(mostReserveMs, withinMs / 4);
  const abort = new AbortController();
  const end = () => abort.abort();
  if (context.cancelled.aborted) end();
  context.cancelled.addEventListener('abort', end, { once: true });
  const cancelDeadline = clock.after(endMs - clock.monotonic(), end);
  const working: ProbeContext = { ...context, cancelled: abort.signal };
  const leftMs = () => Math.max(0, endMs - clock.monotonic());
  const daemon = await daemonEnvironment(options.environment, context);
  const world: World = {
    options,
    daemon,
    working,
    cleaning: { ...context, cancelled: context.abandoned },
    leftMs,
  };
  try {
    const still = await removeLeft(world);
    const config = await readNixConfig(working);
    const chosen = options.fetches ? await choose(world) : null;
    const asked = await askAll(config, chosen, world);
    const before = earlier.at(-1)?.caches.find(({ role }) => role === 'local')?.address ?? null;
    const caches = withRoles(
      asked.map(({ cache }) => cache),
      options,
      before,
    );
    const fetch = await fetchOne({ config, chosen, caches, asked, still }, world);
    const proxyDisk =
      proxyDirectory === ''
        ? null
        : await readProxyDisk(proxyDirectory, Math.min(mostCountMs, leftMs()), working);
    const { build, builders } = !options.builds
      ? { build: leftOut, builders: [] }
      : abort.signal.aborted
        ? { build: noTime, builders: [] }
        : await checkBuilders({ deadlineMs: endMs, nonce: options.nonce }, working);
    const cut = abort.signal.aborted;
    return { startedMs, endedMs: clock.now(), cut, caches, fetch, build, builders, proxyDisk };
  } finally {
    cancelDeadline();
    context.cancelled.removeEventListener('abort', end);
  }
}

interface World {
  readonly options: CheckOptions;
  readonly daemon: Readonly<Record<string, string>>;
  readonly working: ProbeContext;
  readonly cleaning: ProbeContext;
  leftMs(): number;
}

/** Of what earlier runs brought: what cannot be removed even now. */
async function removeLeft({ options: { remains }, daemon, cleaning }: World): Promise<readonly Brought[]> {
  if (remains.left.length === 0) return [];
  const still: Brought[] = [];
  for (const one of remains.left) {
    const paths = await broughtBy(one, cleaning);
    const left = await removePaths(paths, mostReserveMs, daemon, cleaning);
    if (left.length > 0) still.push({ ...one, paths: left });
  }
  await remains.keep(still);
  return still;
}

function choose({ options, daemon, working, leftMs }: World): Promise<ChosenPackage> {
  const { packages, large, largeEvery, earlier } = options;
  const { clock } = working.ports;
  const turn = large !== '' && isLargeTurn(earlier, largeEvery) ? [large] : [];
  return choosePackage(
    {
      packages: [...turn, ...rotated(packages, clock.now())],
      deadlineMs: clock.monotonic() + Math.min(mostChooseMs, leftMs() / 2),
      environment: daemon,
    },
    working,
  );
}

async function askAll(
  config: NixConfig | null,
  chosen: ChosenPackage | null,
  { options, working }: World,
): Promise<readonly AskedCache[]> {
  const substituters = (config === null ? null : wordsOf(config, 'substituters')) ?? [];
  const addresses = cachesToAsk(substituters, options);
  if (addresses.length === 0 || working.cancelled.aborted) return [];
  const packagePath = chosen?.kind === 'chosen' ? chosen.path : null;
  const { environment } = options;
  const world = await readCacheWorld(config, { environment, packagePath }, working);
  const asked = await Promise.all(addresses.map((address) => askCache(address, world, working)));
  return asked.filter((one) => one !== null);
}

interface ToFetch {
  readonly config: NixConfig | null;
  readonly chosen: ChosenPackage | null;
  readonly caches: CacheCheck['caches'];
  readonly asked: readonly AskedCache[];
  /** Of earlier runs. */
  readonly still: readonly Brought[];
}

async function fetchOne(
  { config, chosen, caches, asked, still }: ToFetch,
  { options, daemon, working, cleaning, leftMs }: World,
): Promise<FetchTest> {
  const { large, remains } = options;
  if (chosen === null) return untestedFetch('left-out');
  if (config === null) return untestedFetch('no-nix');
  if ((wordsOf(config, 'substituters') ?? []).length === 0) return untestedFetch('no-cache');
  if (chosen.kind === 'none')
    return untestedFetch(chosen.why, { package: chosen.package, said: chosen.said });
  if (working.cancelled.aborted) return untestedFetch('time', { package: chosen.package, path: chosen.path });
  const ms = Math.min(mostFetchMs, leftMs() * 0.6);
  const { clock } = working.ports;
  let brought: Brought | null = null;
  const fetched = await fetchPackage(
    {
      ...{ package: chosen.package, path: chosen.path, large: chosen.package === large, ms },
      local: caches.find(({ role }) => role === 'local')?.address ?? null,
      having: asked.flatMap(({ cache, hasPackage }) => (hasPackage === true ? [cache.address] : [])),
      environment: daemon,
      async plan(paths) {
        brought = { fromMs: clock.now(), untilMs: clock.now() + ms, paths };
        await remains.keep([...still, brought]);
      },
    },
    working,
  );
  const left = await removePaths(fetched.brought, mostReserveMs, daemon, cleaning);
  if (brought !== null) await remains.keep([...still, ...stillBrought(brought, left, fetched.test)]);
  return { ...fetched.test, removed: fetched.brought.length - left.length };
}

/** One that was ended may still bring what it had begun with. */
function stillBrought(brought: Brought, left: readonly string[], { state }: FetchTest): readonly Brought[] {
  const isOver = state === 'hit' || state === 'elsewhere';
  const paths = isOver ? left : brought.paths;
  return paths.length === 0 ? [] : [{ ...brought, paths }];
}
