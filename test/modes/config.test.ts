import { expect, test } from 'vitest';
import { defaultFlags, type Flags } from '../../src/cli/table.ts';
import { runConfigMode } from '../../src/modes/config.ts';
import { settingRows } from '../../src/settings/rows.ts';
import { createFakePorts } from '../support/fake-ports.ts';

const machine = '/etc/nixpulse/config.toml';
const user = '/home/ada/.config/nixpulse/config.toml';

async function config(
  texts: Readonly<Record<string, string>>,
  operand: string | null = null,
  flags: Partial<Flags> = {},
  variables: Readonly<Record<string, string>> = {},
) {
  const ports = createFakePorts({ native: { uid: 1000 } });
  for (const [path, text] of Object.entries(texts)) ports.ownFiles.texts.set(path, text);
  const said: string[] = [];
  let printed = '';
  const typed = Object.keys(flags) as (keyof Flags)[];
  const code = await runConfigMode({
    ports,
    environment: { HOME: '/home/ada', ...variables },
    invocation: { ...defaultFlags, ...flags, typed, operand },
    complain: (line) => void said.push(line),
    async write(more) {
      printed += more;
    },
  });
  return { code, said, printed };
}

test('every key, each with its value and its place', async () => {
  const { code, said, printed } = await config({
    [machine]: '[screen]\nsort = "age"\nascii = true\n[diagnose]\nidleSec = 9\n',
    [user]: '[screen]\nsort = "cpu"\n',
  });
  expect([code, said]).toEqual([0, []]);
  expect(printed).toMatch(new RegExp(`^# Read: ${machine}, ${user}\n\n\\[guard\\]\n`));
  expect(printed).toMatch(new RegExp(`^sort = "cpu" +# ${user}:2$`, 'm'));
  expect(printed).toMatch(new RegExp(`^ascii = true +# ${machine}:3$`, 'm'));
  expect(printed).toMatch(new RegExp(`^idleSec = "9 s" +# ${machine}:5$`, 'm'));
  expect(printed).toMatch(/^danger = "bold red" +# as usual$/m);
  for (const { key, type } of settingRows)
    if (type.kind !== 'tables') expect(printed).toContain(`${key.slice(key.lastIndexOf('.') + 1)} = `);
  expect(printed).not.toContain('more, as usual');
});

test.each([
  ['screen.sort', ['[screen]', 'sort = "resident"  # as usual']],
  ['colors.ok', ['[colors]', 'ok = "green"  # as usual']],
  [
    'guard.rules.stuck',
    [
      '[guard.rules.stuck]',
      'enabled = true      # as usual',
      'for = "30 min"      # as usual',
      'actions = ["tell"]  # as usual',
    ],
  ],
])('%s alone', async (key, lines) => {
  const { code, printed } = await config({}, key);
  expect(code).toBe(0);
  expect(printed.trimEnd().split('\n').slice(2)).toEqual(lines);
});

test.each([
  ['screen.srot', "'config': unknown key 'screen.srot' (did you mean screen.sort?)"],
  ['guad', "'config': unknown key 'guad' (did you mean guard?)"],
  [
    'colors.\u001b[31mwhatever',
    expect.stringMatching(/^'config': unknown key 'colors\.\?\[31mwhatever' \(known: colors\.danger/),
  ],
])('%j is no key: 2', async (key, line) => {
  expect(await config({}, key)).toEqual({ code: 2, said: [line], printed: '' });
});

test('a wrong file: what is left of it holds, all of it is said, and 1', async () => {
  const { code, said, printed } = await config(
    { [user]: 'screen.sort = "cpu"\nscreen.srt = 1\n' },
    'screen.sort',
  );
  expect(code).toBe(1);
  expect(said).toEqual([`${user}:2: [screen] unknown key 'srt' (did you mean sort?)`]);
  expect(printed).toContain(`sort = "cpu"  # ${user}:1\n`);
});

test('a flag wins over the user, who wins over the machine, who wins over what is usual', async () => {
  const files = {
    [machine]: '[sampling]\ninterval = 5\n[screen]\ncolor = "always"\n',
    [user]: '[sampling]\ninterval = 3\n',
  };
  const shown = async (...more: [flags?: Partial<Flags>, variables?: Readonly<Record<string, string>>]) => {
    const { printed } = await config(files, null, ...more);
    return [/^interval = .*$/m.exec(printed)?.[0], /^color = .*$/m.exec(printed)?.[0]].map((line) =>
      line?.replaceAll(/ +/g, ' '),
    );
  };
  expect(await shown()).toEqual([`interval = "3 s" # ${user}:2`, `color = "always" # ${machine}:4`]);
  // Also where it says what is usual.
  expect(await shown({ interval: 1, color: 'auto' })).toEqual([
    'interval = "1 s" # --interval',
    'color = "auto" # --color',
  ]);
  expect((await shown({}, { NO_COLOR: '1' }))[1]).toBe('color = "never" # NO_COLOR');
  expect((await shown({ color: 'always' }, { NO_COLOR: '1' }))[1]).toBe('color = "always" # --color');
});

test('--json: one document', async () => {
  const { code, said, printed } = await config({ [user]: 'guard.rest = 3\nguard.calm = 0\n' }, 'guard', {
    json: true,
  });
  expect([code, said.length]).toEqual([1, 1]);
  const { files, settings, complaints } = JSON.parse(printed);
  expect(files).toEqual([user]);
  expect(settings[1]).toEqual({ key: 'guard.rest', value: 3, unit: 's', file: user, line: 1 });
  expect(settings[2]).toEqual({ key: 'guard.calm', value: 60, unit: 's', file: null, line: null });
  expect(complaints).toEqual([
    { file: user, line: 2, cause: expect.stringContaining('guard.calm: expected') },
  ]);
});
