/** Ways out over the whole table: what they may cost is said, and there is one for every cause that may be asked about. */
import { expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { knownMessages } from '../../src/explain/messages.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const remedies = knownMessages.flatMap(({ id, causes }) =>
  causes.flatMap((cause) => cause.remedies.map((remedy) => ({ id, ...remedy }))),
);

/** Deletes, overwrites, formats, or ends what runs. */
const harsh =
  /\b(?:wipefs|mkfs|zpool import -f|zpool labelclear|rm|luksFormat|delete\S*|--force|-D|systemctl stop|remount,size)\b|nixos-anywhere (?!.*--phases)|\bmv (?!-i |\S+ damaged)/;

test('what may be lost by a command that deletes, overwrites, formats or ends is said', () => {
  const unsaid = remedies.flatMap((one) =>
    one.kind === 'command' && harsh.test(one.command) && one.risk === null
      ? [`${one.id}: ${one.command}`]
      : [],
  );
  expect(unsaid).toEqual([]);
});

test('whom a setting makes trusted is said', () => {
  const trusts = /trusted-(?:public-keys|users) = \[/;
  const unsaid = remedies.flatMap((one) =>
    one.kind === 'nix' && trusts.test(one.lines.join('\n')) && one.risk === null ? [one.id] : [],
  );
  expect(unsaid).toEqual([]);
});

const causesOf = (text: string) => explain(pastedLines(text)).explained[0]?.causes ?? [];
const commandsOf = (text: string) =>
  causesOf(text).flatMap((cause) =>
    cause.remedies.flatMap((one) => (one.kind === 'command' ? [one.command] : [])),
  );

test('a database that is not named may be that of the store, and is never one to delete', () => {
  const commands = commandsOf('error: database disk image is malformed');
  expect(commands.some((command) => command.includes('.recover'))).toBe(true);
  expect(commands.filter((command) => command.startsWith('rm '))).toEqual([]);
});

test('a file beside the caches that is none of them is not one to delete', () => {
  const named = (file: string) => commandsOf(`error: file is not a database (in '${file}')`);
  expect(named('/root/.cache/nix/fetcher-cache-v3.sqlite')).toEqual([
    'rm /root/.cache/nix/fetcher-cache-v3.sqlite',
  ]);
  expect(named('/srv/cache/accounts')).toEqual([]);
});

test('the database that is put aside takes its write-ahead log along: it would be played into the new one', () => {
  const [command = ''] = commandsOf("error: file is not a database (in '/nix/var/nix/db/db.sqlite')").filter(
    (one) => one.includes('.recover'),
  );
  expect(command).toContain('mv db.sqlite* damaged/ && sqlite3 damaged/db.sqlite .recover');
});

test.each([13, 24, 25, 31])('a build that signal %i ended has a cause, too', (signal) => {
  expect(
    causesOf(`error: builder for '/nix/store/x.drv' failed due to signal ${signal} (x)`),
  ).not.toHaveLength(0);
});
