import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { commandTable, defaultFlags, flagTable, shownCommands } from '../../src/cli/table.ts';
import { parseValue } from '../../src/cli/value.ts';

const parse = (line: string) => parseCommandLine(line.split(' ').filter(Boolean), '1.2.3');

describe('good command lines', () => {
  test.each([
    ['', {}],
    ['snapshot', { command: 'snapshot' }],
    ['snapshot --json', { command: 'snapshot', json: true }],
    ['snapshot --json --interval 2.5', { command: 'snapshot', json: true, interval: 2.5 }],
    ['--interval=2 snapshot', { command: 'snapshot', interval: 2 }],
    ['--interval .5', { interval: 0.5 }],
    ['--interval 0.1 --interval 3600', { interval: 3600 }],
    ['status --tmux', { command: 'status', tmux: true }],
    ['--root /tmp/captured --ascii --read-only', { root: '/tmp/captured', ascii: true, readOnly: true }],
    ['--color never --source portable', { color: 'never', source: 'portable' }],
    ['--color=always', { color: 'always' }],
    ['kill firefox', { command: 'kill', operand: 'firefox' }],
    ['kill --yes 4711 --json', { command: 'kill', operand: '4711', yes: true, json: true }],
    [
      'pause --dry-run nixbld3 --read-only',
      { command: 'pause', operand: 'nixbld3', dryRun: true, readOnly: true },
    ],
    ['cancel --all', { command: 'cancel', all: true }],
    ['rollback', { command: 'rollback' }],
    ['export', { command: 'export', listen: null, textfile: null, top: null }],
    [
      'export --listen [::]:9100 --textfile a/b.prom --every 30s --top 5',
      {
        ...{ command: 'export', listen: { host: '::', port: 9100 }, textfile: 'a/b.prom', top: 5 },
        ...{ fileEvery: 30, every: null },
      },
    ],
    [
      'fleet --prometheus http://mon:9090 --token-file t --every 1m --json',
      {
        ...{ command: 'fleet', prometheus: 'http://mon:9090/', tokenFile: 't', askEvery: 60, json: true },
        ...{ userFile: null, caFile: null, every: null, fileEvery: null },
      },
    ],
    ['lower firefox --dry-run', { command: 'lower', operand: 'firefox', dryRun: true }],
    ['restore 4711 --yes', { command: 'restore', operand: '4711', yes: true }],
    ['limit firefox', { command: 'limit', operand: 'firefox', memoryHigh: null, ioWeight: null }],
    [
      'limit firefox --memory 4G --io-weight 10',
      { command: 'limit', operand: 'firefox', memoryHigh: 4 * 1024 ** 3, ioWeight: 10 },
    ],
    ['limit firefox --memory=512MiB', { command: 'limit', operand: 'firefox', memoryHigh: 512 * 1024 ** 2 }],
    ['rollback --to 41 --boot', { command: 'rollback', to: 41, boot: true }],
    ['record --dir /var/lib/elsewhere', { command: 'record', dir: '/var/lib/elsewhere' }],
    ['replay', { command: 'replay' }],
    [
      'replay night.nixpulse --at -10m --json',
      { command: 'replay', operand: 'night.nixpulse', at: '-10m', json: true },
    ],
    ['demo', { command: 'demo' }],
    ['--no-record', { record: false }],
    ['--no-logs', { logs: false }],
    ['record --log /run/x --no-logs', { command: 'record', log: '/run/x', logs: false }],
    ['--dir /elsewhere', { dir: '/elsewhere' }],
    ['watch', { command: 'watch' }],
    ['watch -- nix build --json -- -x', { command: 'watch', words: ['nix', 'build', '--json', '--', '-x'] }],
    ['watch --no-record --ascii -- make', { command: 'watch', record: false, ascii: true, words: ['make'] }],
    ['--color never watch -- watch', { command: 'watch', color: 'never', words: ['watch'] }],
    ['watch --log /run/nix-log/log', { command: 'watch', log: '/run/nix-log/log' }],
    ['diagnose', { command: 'diagnose' }],
    ['diagnose night.nixpulse --at 03:28', { command: 'diagnose', operand: 'night.nixpulse', at: '03:28' }],
    ['diagnose --probe --json', { command: 'diagnose', probe: true, json: true }],
    [
      'diagnose --probe=smart:sda,units,cache:https://a.example:8080',
      {
        command: 'diagnose',
        probe: [
          { probe: 'smart', subject: 'sda' },
          { probe: 'units', subject: null },
          { probe: 'cache', subject: 'https://a.example:8080' },
        ],
      },
    ],
    ['--threshold idleSec=60', { threshold: { idleSec: 60 } }],
    [
      'replay a --threshold idleSec=60 --threshold spinPercent=.5 --threshold idleSec=90',
      { command: 'replay', operand: 'a', threshold: { idleSec: 90, spinPercent: 0.5 } },
    ],
    ['verify --repair --yes', { command: 'verify', repair: true, yes: true }],
  ])('nixpulse %s', (line, expected) => {
    expect(parse(line)).toEqual({
      kind: 'run',
      invocation: {
        ...{ ...defaultFlags, command: 'dashboard', operand: null, ...expected },
        ...(/(^| )--(?! )\w/.test(line.replace(/ -- .*/, '')) && { typed: expect.any(Array) }),
      },
    });
  });

  test('flags that were given are known from those that were not, wherever they stand', () => {
    const typed = (line: string) => {
      const parsed = parse(line);
      return parsed.kind === 'run' ? (parsed.invocation.typed ?? []).toSorted() : null;
    };
    expect(typed('')).toEqual([]);
    expect(typed('--interval 1 record --color=auto')).toEqual(['color', 'interval']);
    expect(typed('--no-record')).toEqual(['record']);
  });
});

describe('bad command lines are one line that names the argument', () => {
  test.each([
    ['--interval 0', /^option '--interval': argument '0' is invalid: expected 0\.1 to 3600 seconds$/],
    ['--interval -1', /'--interval': argument '-1' is invalid/],
    ['--interval NaN', /'--interval': argument 'NaN' is invalid/],
    ['--interval Infinity', /'Infinity' is invalid/],
    ['--interval 1e3', /'1e3' is invalid/],
    ['--interval 0x10', /'0x10' is invalid/],
    ['--interval 1s', /'1s' is invalid/],
    ['--interval 0.05', /'0.05' is invalid/],
    ['--interval 3601', /'3601' is invalid/],
    ['--interval=', /'--interval': argument '' is invalid/],
    ['--interval', /^option '--interval': argument missing$/],
    ['--interval --json', /'--interval': argument '--json' is invalid/],
    ['--root=', /'--root': argument '' is invalid: expected a directory/],
    ['--color sometimes', /'--color': argument 'sometimes' is invalid: expected auto, always or never$/],
    ['--source sysctl', /'--source': argument 'sysctl' is invalid: expected auto, proc or portable$/],
    ['--intervall 3', /unknown option '--intervall' \(did you mean --interval\?\)/],
    ['snapshot --jsno', /unknown option '--jsno' \(did you mean --json\?\)/],
    ['--read-onyl', /did you mean --read-only\?/],
    ['--nothing-like-it', /unknown option '--nothing-like-it'$/],
    ['-x', /unknown option '-x'/],
    [
      '--json',
      /option '--json' belongs to: snapshot, diagnose, explain, check rebuild, check deploy, check-cache, collect, report, recover, kill.*, replay$/,
    ],
    ['kill', /missing required argument 'TARGET'/],
    ['kill a b', /too many arguments for 'kill'.*a, b/],
    ['kill a --to 3', /option '--to' belongs to: rollback/],
    ['kill a --read-only', /'kill' and '--read-only' contradict each other/],
    ['verify --read-only', /'verify' and '--read-only' contradict/],
    ['cancel', /'cancel' needs a TARGET, or --all/],
    ['cancel firefox --all', /'--all' takes no TARGET/],
    ['limit x --memory 4', /'--memory': argument '4' is invalid: expected at least 1\.0 MB: 4G, 512M/],
    ['limit x --memory lots', /'lots' is invalid/],
    ['limit x --io-weight 0', /'--io-weight': argument '0' is invalid: expected 1 to 10000/],
    ['limit x --io-weight 1e3', /'1e3' is invalid/],
    ['lower x --memory 4G', /--memory/],
    ['lower', /TARGET/],
    ['export --listen a', /'--listen': argument 'a' is invalid: expected an address and a port: 127/],
    ['export --textfile /etc/passwd', /expected a file that ends in \.prom/],
    ['export --textfile /etc/.prom', /expected a file that ends in \.prom/],
    ['export --every 30s', /'--every' needs '--textfile'/],
    ['fleet', /^'fleet' needs '--prometheus': http:\/\/HOST:9090$/],
    ['fleet --prometheus mon:9090', /'mon:9090' is invalid: expected http:\/\/HOST:PORT/],
    ['fleet --prometheus http://mon/?x', /expected http:\/\/HOST:PORT/],
    ['fleet --prometheus http://a:b:c', /expected http:\/\/HOST:PORT/],
    ['fleet --prometheus http://mon --token-file a --user-file b', /contradict each other/],
    ['fleet --prometheus http://mon --every 0', /expected a time from 1s to 1h/],
    ['export --token-file x', /option '--token-file' belongs to: fleet$/],
    ['export --top 101', /expected 1 to 100/],
    ['record --top 3', /option '--top' belongs to: export/],
    ['rollback --to 0', /'--to': argument '0' is invalid: expected the number of a generation/],
    ['rollback --to 4x', /'4x' is invalid/],
    ['rollback --to=-3', /'-3' is invalid/],
    ['rollback 41', /too many arguments for 'rollback'/],
    ['replay a --at --json', /^option '--at': argument '--json' is invalid: expected a time: 03:28/],
    ['replay a --at=', /'--at': argument '' is invalid: expected a time/],
    ['replay --dir /tmp', /option '--dir' belongs to: dashboard, watch, record, diagnose, report, collect$/],
    ['--no-record snapshot', /option '--no-record' belongs to: dashboard, watch$/],
    ['status --log x', /option '--log' belongs to: dashboard, watch, snapshot, record/],
    ['record --log=', /'--log': argument '' is invalid: expected a file/],
    ['snapshot --tmux', /option '--tmux' belongs to: status/],
    ['watch nix build', /^put '--' before the command: watch -- CMD\.\.\.$/],
    ['watch --', /^'watch' needs a command after '--'$/],
    ['watch --log x -- make', /^'--log' and a command contradict each other$/],
    ['watch --log=', /'--log': argument '' is invalid: expected a file/],
    ['watch --json -- make', /option '--json' belongs to: snapshot/],
    ['--threshold idelSec=60', /'idelSec=60' is invalid: expected the name .* \(did you mean idleSec\?\)$/],
    ['--threshold sensible=1', /'sensible=1' is invalid: expected the name of a threshold$/],
    ['--threshold toString=1', /expected the name of a threshold$/],
    ['--threshold idleSec', /'idleSec' is invalid: expected idleSec=NUMBER, in seconds$/],
    ['--threshold idleSec=', /expected idleSec=NUMBER, in seconds$/],
    ['--threshold idleSec=-1', /expected idleSec=NUMBER, in seconds$/],
    ['--threshold residentBytes=4K', /expected residentBytes=NUMBER, in bytes$/],
    ['--threshold', /^option '--threshold': argument missing$/],
    ['diagnose --at 03:28', /^'--at' needs a RECORDING$/],
    ['diagnose a --probe', /^'--probe' looks at this machine now, not into a RECORDING$/],
    ['diagnose --probe=smrt', /'smrt' is invalid: expected smart, not 'smrt'$/],
    ['diagnose --probe=', /'' is invalid: expected verify-store, .* or stack$/],
    ['diagnose --probe=smart,', /'smart,' is invalid: expected verify-store/],
    ['snapshot --probe', /option '--probe' belongs to: diagnose/],
    ['kill a --threshold idleSec=1', /option '--threshold' belongs to: dashboard, watch, snapshot/],
    ['statsu', /unknown command 'statsu' \(did you mean status\?\)/],
    ['repotr', /unknown command 'repotr' \(did you mean report\?\)/],
    ['frobnicate', /unknown command 'frobnicate'$/],
    ['snapshot extra', /too many arguments for 'snapshot'.*extra/],
    ['help', /unknown command 'help'/],
  ])('nixpulse %s', (line, message) => {
    const parsed = parse(line);
    expect(parsed.kind).toBe('misuse');
    if (parsed.kind !== 'misuse') return;
    expect(parsed.message).toMatch(message);
    expect(parsed.message).not.toMatch(/\p{Cc}/u);
  });

  test('what was typed cannot draw on the terminal', () => {
    const parsed = parseCommandLine(['--\u001b[31mred\nsecond line'], '1');
    expect(parsed).toMatchObject({ kind: 'misuse' });
    if (parsed.kind === 'misuse') expect(parsed.message).not.toMatch(/\p{Cc}/u);
  });
});

describe('help and version', () => {
  test('the version', () => {
    expect(parse('--version')).toEqual({ kind: 'print', text: '1.2.3\n' });
    expect(parse('-V')).toEqual({ kind: 'print', text: '1.2.3\n' });
  });

  test('the help names every command and every flag of everyone, and fits 80 columns', () => {
    const help = parse('--help');
    const text = help.kind === 'print' ? help.text : '';
    for (const { word } of shownCommands)
      if (word !== null) expect(text).toContain(`\n  ${word.split(' ')[0]} `);
    for (const row of flagTable) if (!row.commands) expect(text).toContain(`\n  ${row.name}`);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('a group alone means its first command', () => {
    expect(parse('check')).toMatchObject({ kind: 'run', invocation: { command: 'check-rebuild' } });
    expect(parse('check deploy root@a --flake .#a')).toMatchObject({
      invocation: { command: 'check-deploy', operand: 'root@a', flake: '.#a' },
    });
  });

  test.each(['check foo', 'check .#web', 'check rebuild .#web'])(
    '%s says which checks there are',
    (words) => {
      const typed = words.split(' ').at(-1);
      expect(parse(words)).toEqual({
        kind: 'misuse',
        message: `'${typed}' is no check: check rebuild --flake REF, or check deploy HOST`,
      });
    },
  );

  test('a guard checks a file only where it is told to; no word that is mistyped starts one', () => {
    expect(parse('guard')).toMatchObject({ invocation: { command: 'guard', check: false, operand: null } });
    for (const line of ['guard --check c.toml', 'guard c.toml --check'])
      expect(parse(line)).toMatchObject({ invocation: { command: 'guard', check: true, operand: 'c.toml' } });
    expect(parse('guard --check --config c.toml')).toMatchObject({ invocation: { config: 'c.toml' } });
    expect(parse('guard stauts')).toEqual({
      kind: 'misuse',
      message: "'stauts' is no command of 'guard' (did you mean status?); a FILE belongs to '--check'",
    });
    expect(parse('guard --check a --config b')).toMatchObject({ kind: 'misuse' });
  });

  test('a controlled rebuild: its limits add up', () => {
    const line =
      'watch --guard --limit time=30m --limit await=1s,memory-delta=1G --calm --stop-services a,b,a --yes -- make';
    expect(parse(line)).toMatchObject({
      invocation: {
        guard: true,
        limit: { 'rebuild-time.limit': 1800, 'io.await': 1000, 'memory-delta.limit': 1024 ** 3 },
        calm: true,
        stopServices: ['a', 'b'],
        yes: true,
      },
    });
    for (const flag of ['--guard', '--limit time=1m', '--calm', '--stop-services a', '--score-card x'])
      expect(parse(`watch ${flag}`)).toMatchObject({
        message: expect.stringContaining("a command after '--'"),
      });
    expect(parse('watch --limit timee=30m -- make')).toMatchObject({
      message: "option '--limit': argument 'timee=30m' is invalid: expected time, not 'timee'",
    });
    expect(parse('watch --stop-services a,, -- make')).toMatchObject({ kind: 'misuse' });
    expect(parse('watch --read-only --calm -- make')).toMatchObject({
      message: "'--calm' and '--read-only' contradict each other",
    });
    expect(parse('watch --read-only --guard -- make')).toMatchObject({ kind: 'run' });
  });

  test('watch looks first where it is told to, and only with a command', () => {
    expect(parse('watch --check --yes -- nixos-rebuild switch')).toMatchObject({
      invocation: { command: 'watch', check: true, yes: true, words: ['nixos-rebuild', 'switch'] },
    });
    for (const words of [
      'watch --check',
      'watch --yes -- x',
      'watch --flake .#a -- x',
      'watch --no-evaluation',
    ])
      expect(parse(words), words).toMatchObject({
        kind: 'misuse',
        message: expect.stringContaining('--check'),
      });
  });

  test('a report is of a stretch of a recording, or kept in a file', () => {
    expect(parse('report day.nixpulse --from 03:28 --to -10m --output r.md')).toMatchObject({
      invocation: {
        command: 'report',
        operand: 'day.nixpulse',
        from: '03:28',
        until: '-10m',
        output: 'r.md',
        to: null,
      },
    });
    expect(parse('report --every 5m --output r.md')).toMatchObject({ invocation: { every: 300 } });
    expect(parse('rollback --to 12')).toMatchObject({ invocation: { to: 12, until: null } });
    for (const [words, message] of [
      ['report --every 5m', /needs '--output'/],
      ['report --every 5m --output r.md day.nixpulse', /tells of now/],
      ['report --every 5m --output r.md --from 03:28', /tells of now/],
      ['report --every 5 --output r.md', /expected a time from 10s to 24h/],
      ['report --every 5d --output r.md', /expected a time from 10s to 24h/],
      ['diagnose --to 3', /option '--to' belongs to: rollback, recover, report/],
    ] as const)
      expect(parse(words), words).toMatchObject({ kind: 'misuse', message: expect.stringMatching(message) });
  });

  test.each(commandTable.filter(({ word }) => word !== null))('the help of $word has its flags', (row) => {
    const help = parse(`${row.word} --help`);
    const text = help.kind === 'print' ? help.text : '';
    const flags = flagTable.filter(({ commands }) => !commands || commands.includes(row.id));
    for (const flag of flags) expect(text).toContain(`\n  ${flag.name}`);
    const names = flags.map(({ name }) => name);
    for (const { name } of flagTable)
      if (!names.includes(name)) expect(text).not.toMatch(new RegExp(`${name}(?![\\w-])`));
  });
});

describe('the table', () => {
  test('no name twice, every row has a help, every flag a default', () => {
    for (const { id } of commandTable) {
      const names = flagTable
        .filter(({ commands }) => commands === undefined || commands.includes(id))
        .map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
    expect(new Set(flagTable.map(({ id }) => id))).toEqual(new Set(Object.keys(defaultFlags)));
    for (const { help } of [...flagTable, ...commandTable]) expect(help).toMatch(/^[A-Z].+\.$/);
    // Another command's way with a flag is a row of its own.
    for (const { help } of flagTable) expect(help).not.toMatch(/\b(?:replay|collect|record|guard):/);
  });

  test('every default is one of the values allowed', () => {
    for (const { id, name, argument } of flagTable) {
      const value = defaultFlags[id];
      if (!argument) expect(value).toBe(name.startsWith('--no-'));
      // Nothing given: null, and of what may be repeated an empty record.
      else if (typeof value === 'object') continue;
      else expect(parseValue(argument, String(value))).toEqual({ ok: true, value });
    }
  });
});
