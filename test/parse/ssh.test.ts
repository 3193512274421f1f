/** What OpenSSH says, and its public keys. */
import { describe, expect, test } from 'vitest';
import { parseSshKey, parseSshKeys } from '../../src/parse/ssh-key.ts';
import { parseSshTarget, readSshWords } from '../../src/parse/ssh-words.ts';
import { ourKey } from '../support/wanted-system.ts';

/** OpenSSH 9.2, `ssh -v`. */
const accepted = `OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.20 7 Apr 2026
debug1: Reading configuration data /etc/ssh/ssh_config
debug1: Connecting to 127.0.0.1 [127.0.0.1] port 20222.
debug1: Offering public key: /home/me/.ssh/id_ed25519 ED25519 SHA256:+T5AebCyNbvdYeKkdmnLcjdwFtQW2dlUPFgAhlQMm+8 explicit
debug1: Server accepts key: /home/me/.ssh/id_ed25519 ED25519 SHA256:+T5AebCyNbvdYeKkdmnLcjdwFtQW2dlUPFgAhlQMm+8 explicit
Authenticated to 127.0.0.1 ([127.0.0.1]:20222) using "publickey".
debug1: Exit status 0`.split('\n');

describe('the words of ssh', () => {
  test('it let us in, by that key', () => {
    expect(readSshWords(accepted)).toEqual({
      last: null,
      acceptedKey: 'SHA256:+T5AebCyNbvdYeKkdmnLcjdwFtQW2dlUPFgAhlQMm+8',
      isIn: true,
    });
  });

  test('through a connection that was there no key is told', () => {
    expect(readSshWords(['debug1: mux_client_request_session: master session id: 2'])).toEqual({
      ...{ last: null, acceptedKey: null, isIn: true },
    });
  });

  test('a refusal: the last line that is no debugging', () => {
    const said = [
      'debug1: No more authentication methods to try.\r',
      'me@web: Permission denied (publickey).\r',
    ];
    expect(readSshWords(said)).toEqual({
      ...{ last: 'me@web: Permission denied (publickey).', acceptedKey: null, isIn: false },
    });
  });

  test('what only looks like an accepted key is none', () => {
    const lines = ['Server accepts key: x ED25519 SHA256:short', 'debug1: Server accepts key: SHA256:abc'];
    expect(readSshWords(lines).acceptedKey).toBeNull();
  });
});

describe('ssh -G', () => {
  test('an address with its files', () => {
    const lines = [
      'user root',
      'hostname 10.0.0.5',
      'port 22',
      'identityfile ~/.ssh/id_rsa',
      'identityfile /k',
    ];
    expect(parseSshTarget(lines)).toEqual({
      ...{ address: '10.0.0.5', indirect: false, identityFiles: ['~/.ssh/id_rsa', '/k'] },
    });
  });

  test.each([
    ['proxyjump bastion', true],
    ['proxycommand nc %h %p', true],
    ['proxyjump none', false],
  ])('%s', (line, indirect) => {
    expect(parseSshTarget(['hostname web', line])?.indirect).toBe(indirect);
  });

  test.each([[[]], [['hostname ']], [['hostname -oProxyCommand=x']]])('%j is no address', (lines) => {
    expect(parseSshTarget(lines)).toBeNull();
  });
});

describe('public keys', () => {
  const line = `ssh-ed25519 ${ourKey.blob} me@here`;

  test('a whole one', () => {
    expect(parseSshKey(line)).toEqual(ourKey);
  });

  test('behind options', () => {
    expect(parseSshKey(`command="echo hi",no-pty ${line}`)).toEqual(ourKey);
  });

  test.each([
    ['cut in the blob', line.slice(0, 50)],
    ['cut at four letters', `ssh-ed25519 ${ourKey.blob?.slice(0, 40)}`],
    ['of another type', line.replace('ssh-ed25519', 'ssh-rsa')],
    ['a letter that is none of base64', line.replace('AAAAC3', 'AAAA_3')],
    ['with a line break', line.slice(0, 40).concat(' ', line.slice(40))],
    ['no key', 'hello'],
    ['empty', ''],
  ])('%s is damaged', (_, text) => {
    expect(parseSshKey(text).damaged).toBe(true);
  });

  test('of a file: comments and empty lines are no keys', () => {
    expect(
      parseSshKeys(`# keys\n\n${line}\n  \nThe agent has no identities.\n`).map(({ damaged }) => damaged),
    ).toEqual([false, true]);
  });
});
