import { describe, expect, test } from 'vitest';
import { complaintText } from '../../src/model/settings/setting.ts';
import { readSettings } from '../../src/modes/settings.ts';
import { usualSettings } from '../../src/settings/settings.ts';
import { createFakePorts } from '../support/fake-ports.ts';

const machine = '/etc/nixpulse/config.toml';
const user = '/home/ada/.config/nixpulse/config.toml';

function reading(texts: Readonly<Record<string, string>>, config: string | null = null) {
  const ports = createFakePorts({ native: { uid: 1000 } });
  for (const [path, text] of Object.entries(texts)) ports.ownFiles.texts.set(path, text);
  const read = () => readSettings({ ports, environment: { HOME: '/home/ada' }, invocation: { config } });
  return { ports, read };
}

describe('the settings in force', () => {
  test('without files: the usual ones, and nothing to complain of', async () => {
    expect(await reading({}).read()).toEqual({
      settings: usualSettings,
      given: new Map(),
      origins: new Map(),
      complaints: [],
      files: [],
    });
  });

  test('the user has the last word, key by key', async () => {
    const { read } = reading({
      [machine]: '[guard]\nrest = 30\nnotify = true\n',
      [user]: '[guard]\nrest = 5\n',
    });
    const { settings, origins, files } = await read();
    expect(settings.guard).toMatchObject({ restSec: 5, notify: true });
    expect(origins.get('guard.rest')).toEqual({ file: user, line: 2 });
    expect(files).toEqual([machine, user]);
  });

  test('complaints of both name their file', async () => {
    const { read } = reading({ [machine]: 'guard.rest = 0\n', [user]: '\nguard.rust = 3\n' });
    const { complaints, settings } = await read();
    expect(complaints.map(complaintText)).toEqual([
      expect.stringMatching(`^${machine}:1: guard.rest: expected`),
      `${user}:2: [guard] unknown key 'rust' (did you mean rest?)`,
    ]);
    expect(settings).toEqual(usualSettings);
  });

  test('a file that is named stands alone, and has to be there', async () => {
    const { ports, read } = reading({ [machine]: 'guard.rest = 30\n' }, '/tmp/own.toml');
    expect((await read()).complaints.map(complaintText)).toEqual(['/tmp/own.toml: there is no such file']);
    ports.ownFiles.texts.set('/tmp/own.toml', 'guard.calm = 5\n');
    expect((await read()).settings.guard).toMatchObject({ restSec: 15, calmSec: 5 });
  });

  test.each([
    ['timeout', 'its disk does not answer'],
    ['denied', 'may not be read'],
    ['malformed', 'cannot be read: malformed'],
  ] as const)('%s is said, and the other file holds', async (kind, cause) => {
    const { ports, read } = reading({ [user]: 'guard.rest = 30\n' });
    ports.ownFiles.failing.set(machine, kind);
    const { complaints, settings } = await read();
    expect(complaints).toEqual([{ file: machine, line: null, cause }]);
    expect(settings.guard.restSec).toBe(30);
  });

  test('a file without end is not read', async () => {
    const { read } = reading({ [user]: `#${'x'.repeat(300_000)}` });
    expect((await read()).complaints.map(complaintText)).toEqual([`${user}: longer than 256 KB: not read`]);
  });
});
