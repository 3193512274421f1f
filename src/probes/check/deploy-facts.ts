/** Reads the target of a deployment over one session of ssh, and its configuration, changing neither. */
import { fail, ok, orNull, type Result } from '../../base/problem.ts';
import type { DeployFacts, Ping } from '../../model/advice/deploy-facts.ts';
import { parseSshTarget, type SshTarget } from '../../parse/ssh-words.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { ownKeys, readOfferedKeys } from './own-keys.ts';
import { openSession } from './ssh-session.ts';
import { readWantedSystem } from './wanted-system.ts';
import { within } from './within.ts';

/** A disk that sleeps takes some seconds. */
const storeDeadlineMs = 10_000;
/** `Match exec` of a configuration runs whatever it names. */
const configurationMs = 15_000;
/** A name server that does not answer is waited for before -w of ping counts. */
const pingMs = 15_000;

export interface DeployWanted {
  readonly host: string;
  readonly flake: string | null;
  readonly evaluation: boolean;
}

export async function readDeployFacts(
  { host, flake, evaluation }: DeployWanted,
  context: ProbeContext,
): Promise<DeployFacts> {
  context.progress(`connects to ${host}`);
  const asked = orNull(
    await within(configurationMs, 'ssh -G', context, (bounded) =>
      runProgram(bounded, ['ssh', '-G', '--', host]),
    ),
  );
  const named = asked === null ? null : parseSshTarget(asked.stdout);
  const [session, ping, offered, configuration, localStore] = await Promise.all([
    openSession(host, context),
    within(pingMs, 'ping', context, (bounded) => pingTarget(named, bounded)),
    readOfferedKeys(named?.identityFiles ?? [], context),
    flake === null || !evaluation ? null : readWantedSystem(flake, host, context),
    context.ports.files.spaceSlow('/nix/store', { deadlineMs: storeDeadlineMs }),
  ]);
  const { reach, target, clockAheadSec, acceptedKey } = session;
  return {
    ...{ host, reach, ping, target, clockAheadSec, configuration },
    keys: await ownKeys(offered, acceptedKey),
    localStore: localStore.ok ? ok({ freeBytes: localStore.value.availableBytes }) : localStore,
  };
}

/** Where ping is there and may be used: without a privilege it may not be. */
async function pingTarget(target: SshTarget | null, context: ProbeContext): Promise<Result<Ping>> {
  if (target === null) return fail('unsupported', 'ping', 'the address is not known');
  const { address, indirect } = target;
  if (indirect) return fail('unsupported', 'ping', 'it is reached through another machine');
  const run = await runProgram(context, ['ping', '-n', '-c', '1', '-w', '3', '--', address], {
    from: 'iputils',
  });
  if (!run.ok) return run;
  const { exitCode, stderr } = run.value;
  // ping(8): 1 is no answer, 2 is another error; a route that is missing is one of them.
  if (exitCode === 0 || exitCode === 1) return ok({ address, answered: exitCode === 0 });
  const said = stderr.at(-1) ?? `ended with ${exitCode}`;
  return /unreachable/i.test(said)
    ? ok({ address, answered: false })
    : fail('unsupported', 'ping', said.replace(/^ping: /, ''));
}
