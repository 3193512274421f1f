import { expect, test } from 'vitest';
import { fail } from '../../../src/base/problem.ts';
import { createActing } from '../../../src/modes/dashboard/acting.ts';
import { createDashboardStore } from '../../../src/state/create.ts';
import { createFakePorts, settled } from '../../support/fake-ports.ts';
import { busy } from '../../support/model-fixture.ts';

test('whether systemd runs is asked again until there is an answer', async () => {
  const ports = createFakePorts();
  const { ownerSlow } = ports.files;
  let late = true;
  ports.files.set('/run/systemd/system/x', '');
  const files = {
    ...ports.files,
    live: false,
    ownerSlow: async (path: string) => (late ? fail('timeout', path) : ownerSlow(path)),
  };
  const store = createDashboardStore({
    model: busy,
    terminal: { columns: 120, rows: 40, unicode: true, color: true },
  });
  const acting = createActing(store, {
    ports: { ...ports, files },
    readForest: () => null,
    stateDirectory: '/state',
    user: 'root',
    actions: {},
  });
  const systemd = () => store.getState().actor.systemd;
  acting.begin();
  await settled();
  expect(systemd()).toBeNull();
  late = false;
  ports.clock.advance(5000);
  await settled();
  expect(systemd()).toBe(true);
  await acting.end('leave');
});
