import { expect, test } from 'vitest';
import { createPerformIntent } from '../../src/actions/registry.ts';
import { createFakeMachine, root, target } from '../support/fake-machine.ts';

const rolledBack = { status: 'done', summary: 'rolled back', details: [] } as const;
const perform = createPerformIntent({ rollback: async () => rolledBack });

test('an Intent is carried out by its action', async () => {
  const machine = createFakeMachine();
  const kill = { type: 'kill', targets: [target], reason: null } as const;
  expect(await machine.run(perform(kill, machine.context))).toMatchObject({ status: 'done' });
  expect(machine.has(root)).toBe(false);
});

test('what is made elsewhere is taken as it is', async () => {
  const profile = { kind: 'system', path: '/nix/var/nix/profiles/system' } as const;
  const intent = { type: 'rollback', profile, generation: 1, mode: 'boot' } as const;
  expect(await perform(intent, createFakeMachine().context)).toBe(rolledBack);
});
