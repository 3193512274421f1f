import { expect, it } from 'vitest';
import { clientOfProcess } from '../../../src/model/forest/derive-clients.ts';
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
  expect(clientOfProcess(clients, 104)).toBe(rebuild);
  expect(clientOfProcess(clients, 106)).toBe(rebuild);
  expect(clientOfProcess(clients, 105)).toBeNull();
  expect(clientOfProcess(clients, null)).toBeNull();
});
