/** Reads the target of a deployment over the system's own ssh, in one session, changing nothing there. */
import { ok } from '../../base/problem.ts';
import type { DeployFacts } from '../../model/advice/deploy-facts.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';

const connectSec = 10;
/** Never asks: neither for a password nor whether a key is to be trusted. */
const options = ['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${connectSec}`] as const;

export interface DeployWanted {
  readonly host: string;
  readonly flake: string | null;
  readonly evaluation: boolean;
}

export async function readDeployFacts({ host }: DeployWanted, context: ProbeContext): Promise<DeployFacts> {
  const { clock } = context.ports;
  context.progress(`connects to ${host}`);
  const startedMs = clock.monotonic();
  const run = await runProgram(context, ['ssh', ...options, '--', host, 'true'], { from: 'openssh' });
  if (!run.ok) return { host, reach: run };
  const sec = (clock.monotonic() - startedMs) / 1000;
  const { exitCode, stderr } = run.value;
  return {
    host,
    reach: ok({ sec, said: exitCode === 0 ? null : (stderr.at(-1) ?? `ssh ended with ${exitCode}`) }),
  };
}
