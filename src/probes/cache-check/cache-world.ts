/** What all caches are asked by: the settings of Nix that bear on them, and what this machine has. */
import { orNull } from '../../base/problem.ts';
import { loginFor } from '../../parse/netrc.ts';
import { type NixConfig, wordsOf } from '../../parse/nix-config-json.ts';
import { certificatesOf } from '../certificates.ts';
import type { HttpOptions } from '../http-get.ts';
import { hashesHere } from '../paths-here.ts';
import type { ProbeContext } from '../probe.ts';

export interface CacheWorld extends Pick<HttpOptions, 'environment' | 'certificates' | 'loginAt'> {
  /** `trusted-public-keys`; null: Nix does not tell. */
  readonly trusted: readonly string[] | null;
  /** `require-sigs`. */
  readonly needsSignatures: boolean;
  readonly storeDirectory: string;
  /** `download-attempts`; null: as usual. */
  readonly attempts: number | null;
  /** `connect-timeout`, within reason. */
  readonly answerMs: number;
  /** Hashes that are asked for, the package's first. */
  readonly hashes: readonly string[];
  /** Of the package that is fetched; null: none is. */
  readonly packageHash: string | null;
}

const [leastAnswerMs, mostAnswerMs] = [1000, 15_000];

export async function readCacheWorld(
  config: NixConfig | null,
  { environment, packagePath }: { environment: HttpOptions['environment']; packagePath: string | null },
  context: ProbeContext,
): Promise<CacheWorld> {
  const { ownFiles, native } = context.ports;
  // Capabilities (security.wrappers) read what its user may not: a login of root's would go to a proxy of the user's.
  const isLent = native.uid !== 0 && native.may('read-all-processes');
  const netrcPath = config?.get('netrc-file');
  const netrc =
    typeof netrcPath === 'string' && netrcPath !== ''
      ? orNull(await ownFiles.read(netrcPath, { maxBytes: 1 << 20, ...(isLent && { ownedBy: native.uid }) }))
      : null;
  const connectSec = numberOf(config?.get('connect-timeout')) ?? 0;
  const answerMs = connectSec === 0 ? mostAnswerMs : connectSec * 1000;
  const packageHash = packagePath === null ? null : (/\/([0-9a-z]{32})-/.exec(packagePath)?.[1] ?? null);
  const here = await hashesHere(context);
  return {
    environment,
    certificates: await certificatesOf(environment, ownFiles),
    loginAt: (host) => (netrc === null ? null : loginFor(netrc, host)),
    trusted: config === null ? null : wordsOf(config, 'trusted-public-keys'),
    needsSignatures: config?.get('require-sigs') !== false,
    storeDirectory: textOf(config?.get('store-dir')) ?? packagePath?.replace(/\/[^/]*$/, '') ?? '/nix/store',
    attempts: numberOf(config?.get('download-attempts')),
    answerMs: Math.min(mostAnswerMs, Math.max(leastAnswerMs, answerMs)),
    packageHash,
    hashes: packageHash === null ? here : [packageHash, ...here.filter((hash) => hash !== packageHash)],
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith('/') ? value : null;
}
