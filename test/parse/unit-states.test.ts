import { expect, test } from 'vitest';
import { parseUnitStates } from '../../src/parse/unit-states.ts';

// systemctl show --property=LoadState,ActiveState,TriggeredBy -- ssh nix-daemon.service nix-daemon.service …, systemd 262
const captured = `TriggeredBy=ssh.socket
LoadState=loaded
ActiveState=active

TriggeredBy=nix-daemon.socket
LoadState=loaded
ActiveState=inactive

TriggeredBy=
LoadState=loaded
ActiveState=inactive

TriggeredBy=
LoadState=loaded
ActiveState=failed

LoadState=not-found
ActiveState=inactive

LoadState=masked
ActiveState=failed

LoadState=loaded
ActiveState=activating
`;

test('up, down, or not to be told: what waits for its socket, what is masked, what comes just now', () => {
  const units = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.service`);
  expect(parseUnitStates(captured, units)).toEqual([true, null, false, false, null, null, null]);
});

test('what was cut, or is of other units, tells nothing', () => {
  expect(parseUnitStates(captured, ['a.service'])).toEqual([null]);
  expect(parseUnitStates('', ['a.service', 'b.service'])).toEqual([null, null]);
  expect(parseUnitStates('ActiveState', ['a.service'])).toEqual([null]);
  expect(parseUnitStates('LoadState=loaded\nActive', ['a.service'])).toEqual([null]);
});
