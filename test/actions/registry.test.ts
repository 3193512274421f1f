import { expect, test } from 'vitest';
import { actions } from '../../src/actions/registry.ts';
import { createFakeMachine, root, target } from '../support/fake-machine.ts';

test('an Intent is carried out by its action', async () => {
  const machine = createFakeMachine();
  const kill = { type: 'kill', targets: [target], reason: null } as const;
  expect(await machine.run(actions.kill(kill, machine.context))).toMatchObject({ status: 'done' });
  expect(machine.has(root)).toBe(false);
});

test('a rollback reads the generations that there are', async () => {
  const profile = { kind: 'system', path: '/nix/var/nix/profiles/system' } as const;
  const intent = { type: 'rollback', profile, generation: 1, mode: 'boot' } as const;
  const { context } = createFakeMachine();
  expect(await actions.rollback(intent, context)).toMatchObject({
    status: expect.stringMatching(/refused|failed|denied/),
  });
});
