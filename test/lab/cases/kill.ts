/** Kill a build: all of it, nothing else, and Nix goes on as if it had failed by itself. */
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kill } from '../../../src/actions/kill.ts';
import { type Lab, startBuild } from '../../support/lab.ts';
import { openActing } from '../acting.ts';
import {
  buildsWithNonce,
  commandLine,
  environment,
  processesOfBuild,
  processesWithNonce,
  type TrueBuild,
} from '../truth.ts';
import { until } from '../wait.ts';

/** Alive, not merely waiting to be reaped. */
function living(build: TrueBuild): number[] {
  return processesOfBuild(build)
    .filter(({ state }) => state !== 'Z')
    .map(({ pid }) => pid);
}

export function killCases(lab: Lab): void {
  test.for(['chain', 'swarm', 'away'].flatMap((kind) => [true, false].map((sandbox) => ({ kind, sandbox }))))(
    'a forking storm loses: $kind (sandbox: $sandbox)',
    async ({ kind, sandbox }) => {
      const acting = await openActing();
      const client = startBuild(lab, 'storm', { kind }, { sandbox });
      const build = await until('the storm', () => buildsWithNonce(client.nonce)[0], {
        detail: client.output,
      });
      const target = await acting.target(build);
      const outcome = await kill({ type: 'kill', targets: [target], reason: null }, acting.context);
      console.log(outcome);
      expect(outcome).toMatchObject({ status: 'done' });
      expect(processesWithNonce(client.nonce).filter(({ state }) => state !== 'Z')).toEqual([]);
      await until('the end of the client', client.ended);
    },
  );
}
