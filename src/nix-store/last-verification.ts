/** The last verification of the store, kept over sessions: `verify.json` in the state directory. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { Finding, StoreVerification } from '../model/nix-store/store-check.ts';
import { parseVerification } from '../parse/verification-file.ts';
import type { Ports } from '../platform/ports.ts';
import type { VerifyRun } from './verify-run.ts';

type Files = Pick<Ports, 'ownFiles'>;

function fileIn(stateDirectory: string): string {
  return `${stateDirectory}/verify.json`;
}

/** Null when the store was never verified. */
export async function readLastVerification(
  { ownFiles }: Files,
  stateDirectory: string,
): Promise<Result<StoreVerification | null>> {
  const file = fileIn(stateDirectory);
  const read = await ownFiles.read(file);
  if (!read.ok) return read.problem.kind === 'gone' ? ok(null) : read;
  const last = parseVerification(read.value);
  return last === null ? fail('malformed', file) : ok(last);
}

export function verificationOf(
  run: Pick<VerifyRun, 'done' | 'expected' | 'bytes'>,
  { findings, status, durationMs, nowMs }: CheckedStore,
): StoreVerification {
  const of = (kind: Finding['kind']) => findings.filter((one) => one.kind === kind).map(({ path }) => path);
  return {
    version: 1,
    time: new Date(nowMs).toISOString(),
    status,
    durationMs: Math.round(durationMs),
    paths: run.done,
    expectedPaths: run.expected,
    bytes: run.bytes,
    corrupt: of('corrupt'),
    missing: of('missing'),
    unreadable: of('unreadable'),
  };
}

interface CheckedStore {
  readonly findings: readonly Finding[];
  readonly status: StoreVerification['status'];
  readonly durationMs: number;
  /** Unix ms. */
  readonly nowMs: number;
}

export function keepVerification(
  { ownFiles }: Files,
  stateDirectory: string,
  verification: StoreVerification,
): Promise<Result<void>> {
  return ownFiles.replace(fileIn(stateDirectory), `${JSON.stringify(verification)}\n`);
}

/** Takes paths that are sound again out of the last result, so that it does not accuse them for ever. */
export async function forgetDamage(
  ports: Files,
  stateDirectory: string,
  sound: ReadonlySet<string>,
): Promise<void> {
  const read = await readLastVerification(ports, stateDirectory);
  if (!read.ok || read.value === null) return;
  const last = read.value;
  const left = (paths: readonly string[]) => paths.filter((path) => !sound.has(path));
  const [corrupt, missing, unreadable] = [left(last.corrupt), left(last.missing), left(last.unreadable)];
  const before = last.corrupt.length + last.missing.length + last.unreadable.length;
  const after = corrupt.length + missing.length + unreadable.length;
  if (after === before) return;
  const status = after === 0 && last.status === 'failed' ? 'done' : last.status;
  await keepVerification(ports, stateDirectory, { ...last, status, corrupt, missing, unreadable });
}
