/** One check at a time, and what an earlier one may have left in the store: in one file, which who checks holds. */
import { startTimeOf } from '../../actions/start-time.ts';
import type { ProcessIdentity } from '../../base/identity.ts';
import type { Problem } from '../../base/problem.ts';
import { type Brought, parseRemains, type RemainsFile } from '../../parse/remains-file.ts';
import type { Ports } from '../../platform/ports.ts';
import type { Remains } from '../../probes/cache-check/run-check.ts';

export interface Claim {
  readonly remains: Remains;
  /** It is over: the file is gone, unless something is left. */
  end(): Promise<void>;
}

export type Claimed =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'busy'; readonly by: ProcessIdentity }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface ClaimOptions {
  readonly ports: Pick<Ports, 'files' | 'ownFiles' | 'native'>;
  readonly path: string;
  /** The directory, which this may be the first to need, is everybody's to read. */
  readonly shared: boolean;
  /** Told once: what could not be written is not known after a crash. */
  readonly onProblem: (problem: Problem) => void;
}

/** A closure has thousands of paths; of a file that is cut nothing would be known. */
const mostBytes = 8 << 20;

export async function claimCheck({ ports, path, shared, onProblem }: ClaimOptions): Promise<Claimed> {
  const { files, ownFiles, native } = ports;
  const mine = { pid: native.pid, startTime: startTimeOf(native.pid, files) ?? 0 };
  const read = async () => {
    const text = await ownFiles.read(path, { trustedBy: native.uid, maxBytes: mostBytes });
    return { text, parsed: text.ok ? parseRemains(text.value) : null };
  };
  const { text, parsed } = await read();
  const holder = livingHolder(parsed, ports);
  if (holder !== null) return { kind: 'busy', by: holder };
  let brought: readonly Brought[] = parsed?.brought ?? [];
  const write = (by: ProcessIdentity | null, fresh = false) =>
    ownFiles.replace(path, textOf({ version: 1, by, brought }), { fresh, shared });
  // Of two that begin at once the second finds it there; of two that take over, the first finds the other in it.
  const taken = await write(mine, !text.ok && text.problem.kind === 'gone');
  const now = await read();
  const other = livingHolder(now.parsed, ports);
  if (other !== null && (other.pid !== mine.pid || other.startTime !== mine.startTime))
    return { kind: 'busy', by: other };
  if (!taken.ok) return { kind: 'problem', problem: taken.problem };
  let told = false;
  return {
    kind: 'claimed',
    claim: {
      remains: {
        left: brought,
        async keep(now) {
          brought = now;
          const written = await write(mine);
          if (written.ok || told) return;
          told = true;
          onProblem(written.problem);
        },
      },
      async end() {
        await (brought.length === 0 ? ownFiles.remove(path) : write(null));
      },
    },
  };
}

function livingHolder(file: RemainsFile | null, { files }: Pick<Ports, 'files'>): ProcessIdentity | null {
  const by = file?.by ?? null;
  return by !== null && startTimeOf(by.pid, files) === by.startTime ? by : null;
}

function textOf(file: RemainsFile): string {
  return `${JSON.stringify(file)}\n`;
}
