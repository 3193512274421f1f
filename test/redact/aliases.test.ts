import { describe, expect, it } from 'vitest';
import { createAliases } from '../../src/redact/aliases.ts';
import { createRedactor } from '../../src/redact/redactor.ts';

describe('aliases', () => {
  const alias = createAliases({
    hosts: ['Turing.example.org', 'turing', 'builder-2'],
    users: ['ada', 'root', 'grace.h'],
  });

  it('is the same for the same name, whatever stands around it', () => {
    expect(alias('ada@turing: /home/ada/config on TURING.example.org')).toBe(
      'user-1@host-2: /home/user-1/config on host-1',
    );
    expect(alias('ssh://grace.h@builder-2')).toBe('ssh://user-2@host-3');
  });

  it('leaves words alone that have a name in them, and names that everybody has', () => {
    expect(alias('adapter turing-machine root nix-ada_x')).toBe('adapter turing-machine root nix-ada_x');
    const usual = createAliases({ hosts: ['nixos', 'localhost'], users: ['nobody'] });
    expect(usual('/etc/nixos on localhost')).toBe('/etc/nixos on localhost');
    expect(usual.count).toBe(0);
  });

  it('comes after the secrets, also in data', () => {
    const redactor = createRedactor({ alias });
    expect(redactor.value({ 'of ada': { argv: ['ssh', 'ada@turing', '--password', 'x1y2'] } })).toEqual({
      'of user-1': { argv: ['ssh', 'user-1@host-2', '--password', '[redacted]'] },
    });
  });
});
