import { expect, it, test } from 'vitest';
import { clientOfProcess, keepGoing } from '../../../src/model/forest/derive-clients.ts';
import type { Client } from '../../../src/model/model.ts';
import { process } from '../../support/forest-raw.ts';
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

test.each<[string, boolean]>([
  ['nix-build -k x.nix', true],
  ['nix-build -kK x.nix', true],
  ['nix build --keep-going .#x', true],
  ['nix -L build -k .#x', true],
  ['nixos-rebuild switch -k', true],
  ['nix-build x.nix', false],
  ['nix-build --keep-failed x.nix', false],
  // There it keeps a variable of the environment.
  ['nix develop -i -k PATH', false],
  ['nix shell -k HOME nixpkgs#hello', false],
  ['nix -v run -k HOME .', false],
  ['nix develop --keep-going', true],
  // The option of another program.
  ['nix run .#x -- -k', false],
  ['nix develop -c make --keep-going', false],
])('%s keeps going: %s', (line, keeps) => {
  const argv = line.split(' ');
  const client = process({ pid: 7, comm: argv[0] ?? '', facts: { argv } });
  const make = process({ pid: 8, ppid: 7, comm: 'make', facts: { argv: ['make', '-k'] } });
  expect(keepGoing([client, make])).toBe(keeps);
});
