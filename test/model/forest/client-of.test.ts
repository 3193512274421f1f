import { expect, it } from 'vitest';
import { clientOf } from '../../../src/model/forest/client-of.ts';
import type { Client } from '../../../src/model/model.ts';
import { busy } from '../../support/model-fixture.ts';

const [first] = busy.clients as [Client];
const rebuild: Client = {
  ...first,
  pid: 104,
  processes: [104, 106].map((pid) => ({ pid, startTime: 1 })),
};
const clients = [{ ...first, pid: 7, processes: [{ pid: 7, startTime: 1 }] }, rebuild];

it('is the client itself, or the one above the process that the daemon serves', () => {
  expect(clientOf(clients, 104)).toBe(rebuild);
  expect(clientOf(clients, 106)).toBe(rebuild);
  expect(clientOf(clients, 105)).toBeNull();
  expect(clientOf(clients, null)).toBeNull();
});
