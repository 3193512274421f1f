/** A substituter asked for itself, for a path of ours and for a part of it: does it answer, how fast, and is it trusted. */
import { percentDecoded } from '../base/percent-decoded.ts';
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import { type CacheInfo, keyName, type NarInfo, parseCacheInfo, parseNarInfo } from '../parse/cache-info.ts';
import { type NixConfig, wordsOf } from '../parse/nix-config-json.ts';
import { certificatesOf } from './certificates.ts';
import { type HttpAnswer, type HttpOptions, httpGet } from './http-get.ts';
import { readNixConfig } from './nix-config.ts';
import { hashesHere } from './paths-here.ts';
import type { Probe, ProbeContext } from './probe.ts';

type CacheValue = ProbeValues['cache'];

export interface CacheLimits {
  readonly answerMs: number;
  readonly bodyMs: number;
  readonly maxBytes: number;
}

/** connect-timeout of Nix is 15 s; three seconds or so many bytes tell the speed. */
const usual: CacheLimits = { answerMs: 15_000, bodyMs: 3000, maxBytes: 8 << 20 };
const mostInfo = 64 << 10;
/** Of less the speed is the delay. */
const leastBytes = 64 << 10;

export function createCache(
  environment: HttpOptions['environment'],
  limits: CacheLimits = usual,
): Probe<'cache'> {
  return async (subject, context) => {
    const [address = '', query = ''] = (subject ?? '').split('?');
    const root = address.replace(/\/+$/, '');
    if (root.startsWith('file://')) return fromFiles(root, query, context);
    if (!/^https?:\/\//.test(root))
      return fail(
        'unsupported',
        root,
        /^ssh/.test(root) ? 'ask it as a builder' : 'http, https and file only',
      );
    const { ports, cancelled } = context;
    const options = {
      clock: ports.clock,
      cancelled,
      timeoutMs: limits.answerMs,
      maxBytes: mostInfo,
      environment,
      certificates: await certificatesOf(environment, ports.ownFiles),
    } satisfies HttpOptions;
    context.progress('asks for its nix-cache-info');
    const asked = await httpGet(`${root}/nix-cache-info`, options);
    if (!asked.ok) return ok({ ...nothing, said: asked.problem.cause ?? asked.problem.kind });
    const { status, answerSec, body } = asked.value;
    const found = { ...nothing, reachable: true, sec: answerSec, httpStatus: status };
    const info = status === 200 ? parseCacheInfo(textOf(body)) : null;
    if (info === null)
      return ok({ ...found, said: status === 200 ? 'its nix-cache-info is none' : `status ${status}` });
    context.progress('asks for paths that this machine has');
    const nar = await largestNar(context, async (name) => {
      const answer = await httpGet(`${root}/${name}`, options);
      return answer.ok && answer.value.status === 200 ? textOf(answer.value.body) : null;
    });
    context.progress('reads a part of one');
    const { bodyMs, maxBytes } = limits;
    const part =
      nar === null
        ? null
        : await httpGet(absolute(root, nar.url), {
            ...options,
            bodyMs,
            maxBytes,
            headers: { range: `bytes=0-${maxBytes - 1}` },
          });
    return ok({
      ...found,
      ...infoOf(info),
      bytesPerSec: part?.ok ? speedOf(part.value) : null,
      keys: nar?.keys ?? [],
      trusted: await trustedOf(nar, query, context),
    });
  };
}

const nothing: CacheValue = {
  reachable: false,
  sec: null,
  httpStatus: null,
  bytesPerSec: null,
  trusted: null,
  keys: [],
  priority: null,
  storeDirectory: null,
  said: null,
};

function infoOf({ storeDirectory, priority }: CacheInfo) {
  return { storeDirectory, priority };
}

async function fromFiles(root: string, query: string, context: ProbeContext): Promise<Result<CacheValue>> {
  const { ownFiles, clock } = context.ports;
  const directory = percentDecoded(root.slice('file://'.length));
  const read = async (name: string) =>
    orNull(await ownFiles.read(`${directory}/${name}`, { maxBytes: mostInfo }));
  const startedMs = clock.monotonic();
  const text = await ownFiles.read(`${directory}/nix-cache-info`, { maxBytes: mostInfo });
  const sec = (clock.monotonic() - startedMs) / 1000;
  if (!text.ok) return ok({ ...nothing, said: text.problem.kind });
  const info = parseCacheInfo(text.value);
  if (info === null) return ok({ ...nothing, reachable: true, sec, said: 'its nix-cache-info is none' });
  const nar = await largestNar(context, read);
  const trusted = await trustedOf(nar, query, context);
  return ok({ ...nothing, reachable: true, sec, ...infoOf(info), keys: nar?.keys ?? [], trusted });
}

/** Of paths that this machine has, until there is one of a size that tells the speed. */
async function largestNar(
  context: ProbeContext,
  read: (name: string) => Promise<string | null>,
): Promise<NarInfo | null> {
  let best: NarInfo | null = null;
  for (const hash of await hashesHere(context)) {
    if (context.cancelled.aborted) break;
    const text = await read(`${hash}.narinfo`);
    const info = text === null ? null : parseNarInfo(text);
    if (info === null) continue;
    if (best === null || (info.fileBytes ?? 0) > (best.fileBytes ?? 0)) best = info;
    if ((best.fileBytes ?? 0) >= 8 * leastBytes) break;
  }
  return best;
}

/** A signature by one of the trusted keys, as Nix wants it; `?trusted=1` and `require-sigs = false` want none. */
async function trustedOf(nar: NarInfo | null, query: string, context: ProbeContext): Promise<boolean | null> {
  if (/(?:^|&)trusted=(?:1|true)(?:&|$)/.test(query)) return true;
  const config = await readNixConfig(context);
  if (config === null) return null;
  if (config.get('require-sigs') === false) return true;
  return nar === null ? null : isSigned(nar, config);
}

function isSigned({ keys }: NarInfo, config: NixConfig): boolean | null {
  const trusted = wordsOf(config, 'trusted-public-keys');
  return trusted === null ? null : keys.some((key) => trusted.some((one) => keyName(one) === key));
}

function speedOf({ status, body, bodySec }: HttpAnswer): number | null {
  if ((status !== 200 && status !== 206) || body.length < leastBytes) return null;
  return Math.round(body.length / Math.max(bodySec, 0.001));
}

function absolute(root: string, url: string): string {
  return /^https?:\/\//.test(url) ? url : `${root}/${url.replace(/^\/+/, '')}`;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
