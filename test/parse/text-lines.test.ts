import { describe, expect, it, test } from 'vitest';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { eventsOf } from '../support/logs.ts';

const drv = (name: string) => `/nix/store/${'a'.repeat(32)}-${name}.drv`;
const building = (name: string, host = '') => `building '${drv(name)}'${host}...\n`;
const brief = (event: LogEvent) => {
  switch (event.kind) {
    case 'start':
      return `start ${event.activity.type}`;
    case 'stop':
      return `stop ${event.id.replace(/^.*-/, '')}`;
    case 'lines':
      return `${event.id.replace(/^.*-/, '')} | ${event.lines.join(' / ')}`;
    case 'output':
      return `| ${event.lines.join(' / ')}`;
    case 'message':
      return `${event.severity} ${event.revises ? '(again) ' : ''}${event.meaning?.kind ?? '-'}`;
    case 'step':
      return `step ${event.step} ${event.names}`.trim();
    default:
      return event.kind;
  }
};
const told = (text: string) => eventsOf(text).slice(0, -1).map(brief);

describe('lines for people', () => {
  it('gives a line without a name to the only build there is', () => {
    expect(told(`${building('one')}checking for gcc... yes\n  /nix/store/x-y\nerror: bad token\n`)).toEqual([
      'start build',
      'one.drv | checking for gcc... yes /   /nix/store/x-y / error: bad token',
    ]);
    expect(told(`${building('one')}${building('two')}hello\n`)).toEqual([
      'start build',
      'start build',
      '| hello',
    ]);
  });

  it('gives `name> line` to the build of that name', () => {
    expect(told(`${building('one')}${building('two')}two> hi\none>\nplain\n`)).toEqual([
      'start build',
      'start build',
      'two.drv | hi',
      'one.drv | ',
      '| plain',
    ]);
  });

  it('gives it to the one that began last where several have that name, and ends the one that failed', () => {
    const [first, second] = ['a', 'b'].map((letter) => `/nix/store/${letter.repeat(32)}-source-1.drv`);
    const begun = `building '${first}'...\nbuilding '${second}'...\n`;
    expect(eventsOf(`${begun}source> x\nsource-1> y\n`)).toContainEqual({
      kind: 'lines',
      id: second,
      from: 'build',
      lines: ['x', 'y'],
      count: 2,
    });
    const failed = `error: builder for '${first}' failed with exit code 1\n`;
    expect(eventsOf(`${begun}${failed}source> x\n`).filter(({ kind }) => kind === 'stop')).toEqual([
      { kind: 'stop', id: first },
    ]);
  });

  it('leaves a build what it says, whatever the words are', () => {
    const lines = [
      'one> applying patches...',
      "one> subprocess.CalledProcessError: Command '['x']' died with <Signals.SIGSEGV: 11>.",
      'one> waiting for the database...',
      "one> building 'something'...",
    ];
    expect(told(`${building('one')}${lines.join('\n')}\n`)).toEqual([
      'start build',
      `one.drv | ${lines.map((line) => line.slice(5)).join(' / ')}`,
    ]);
    expect(
      told(`${building('one')}applying patches...\nwaiting for port 80\nwaiting for a server...\n`),
    ).toEqual([
      'start build',
      'one.drv | applying patches... / waiting for port 80 / waiting for a server...',
    ]);
  });

  it('begins once what is told again and again', () => {
    const wait = `waiting for lock on '/nix/store/${'b'.repeat(32)}-one'...\n`;
    expect(told(wait + wait + wait + building('one', " on 'ssh-ng://b'") + building('one'))).toEqual([
      'start wait',
      expect.stringMatching(/^stop .*one'/),
      'start build',
    ]);
  });

  it('takes the oldest to be over where no end of thousands is told', () => {
    const begun = Array.from({ length: 10_002 }, (_, i) => building(`p${i}`)).join('');
    const { reader, events } = readLog(newLogReader, Buffer.from(begun));
    expect(events.filter(({ kind }) => kind === 'stop').map(brief)).toEqual(['stop p0.drv', 'stop p1.drv']);
    expect(reader.text.builds.drvs.size).toBe(10_000);
    expect(reader.text.builds.named.size).toBe(10_000);
  });

  it('reads the phase that stdenv prints, with and without a name before it', () => {
    const phase = '@nix { "action": "setPhase", "phase": "checkPhase" }\n';
    for (const text of [`${building('one')}one> ${phase}`, `${building('one')}${phase}`])
      expect(eventsOf(text)[1]).toEqual({ kind: 'phase', id: drv('one'), phase: 'checkPhase' });
  });

  it('reads the journal of a daemon', () => {
    const at = 'Nov 29 06:00:00 box nix-daemon[812]: ';
    expect(told(`${at}${building('one', " on 'ssh://b'")}`)).toEqual(['start build']);
    expect(eventsOf(`${at}${building('one', " on 'ssh://b'")}`)[0]).toMatchObject({
      activity: { type: 'build', drv: drv('one'), host: 'ssh://b' },
    });
    expect(told('2026-11-29T06:00:00+0000 box nix-daemon[8]: error: interrupted by the user\n')).toEqual([
      'error failure',
    ]);
  });

  it('tells an error at once, and again when more of it comes', () => {
    const text = `${building('one')}error: Cannot build '${drv('one')}'.\n       Reason: builder failed with exit code 3.\n`;
    const split = text.indexOf('       Reason');
    const first = readLog(newLogReader, Buffer.from(text.slice(0, split)));
    const then = readLog(first.reader, Buffer.from(text.slice(split)));
    expect(first.events.map(brief)).toEqual(['start build', 'error failure', 'stop one.drv']);
    expect(then.events).toEqual([
      expect.objectContaining({
        revises: true,
        meaning: expect.objectContaining({ failure: { kind: 'exit', drv: drv('one'), code: 3 } }),
      }),
    ]);
  });

  it('keeps all lines of what a compiler says, wherever a tick cuts them', () => {
    const lines = ['error: bad token', '       in line 3', '         ^', 'next'];
    let { reader } = readLog(newLogReader, Buffer.from(building('one')));
    const came = lines.flatMap((line) => {
      const read = readLog(reader, Buffer.from(`${line}\n`));
      reader = read.reader;
      return read.events.flatMap((event) => (event.kind === 'lines' ? event.lines : [event.kind]));
    });
    expect(came).toEqual(lines);
  });

  it('reads an error of evaluation though a build may be open: it says where', () => {
    const old = "error: attribute 'x' missing\n       at /etc/nixos/x.nix:3:5:\n            3| x\n";
    const trace = `error:\n       … while evaluating\n         at /etc/nixos/x.nix:3:5:\n\n       ${old}`;
    for (const error of [old, trace])
      expect(eventsOf(building('one') + error)).toContainEqual(
        expect.objectContaining({
          meaning: expect.objectContaining({
            failure: expect.objectContaining({ kind: 'evaluation', file: '/etc/nixos/x.nix', line: 3 }),
          }),
        }),
      );
    const first = readLog(newLogReader, Buffer.from(`${building('one')}error:\n`));
    expect(first.events.map(brief)).toEqual(['start build']);
    const then = readLog(first.reader, Buffer.from(trace.slice(7)));
    expect(then.events.map(brief)).toEqual(['error failure']);
  });

  it('ends a wait with the build that waited', () => {
    const wait = `waiting for lock on '/nix/store/${'b'.repeat(32)}-one'...\n`;
    expect(told(wait + building('two') + building('one'))).toEqual([
      'start wait',
      'start build',
      expect.stringMatching(/^stop .*one'/),
      'start build',
    ]);
  });

  it('ends builds with the step that comes after building', () => {
    expect(told(`${building('one')}activating the configuration...\nsetting up /etc...\n`)).toEqual([
      'start build',
      'stop one.drv',
      'step activating',
      'step activating /etc',
    ]);
  });

  it('begins and ends a copy at once: its end is never said', () => {
    const copy = `copying path '/nix/store/${'c'.repeat(32)}-x' from 'https://cache.nixos.org'...\n`;
    expect(eventsOf(copy).slice(0, -1)).toMatchObject([
      { kind: 'start', activity: { type: 'copy', from: 'https://cache.nixos.org', to: null } },
      { kind: 'stop' },
    ]);
  });

  it('reads what old versions say of it, without a number', () => {
    const text = `these derivations will be built:\n  ${drv('a')}\nthese paths will be fetched (1.00 MiB download, 2.00 MiB unpacked):\n`;
    expect(eventsOf(text).slice(0, -1)).toEqual([
      { kind: 'plan', list: 'builds', downloadBytes: null, unpackedBytes: null },
      { kind: 'planned', paths: [drv('a')] },
      { kind: 'plan', list: 'fetches', downloadBytes: 2 ** 20, unpackedBytes: 2 ** 21 },
    ]);
  });

  it('reads what will be done, and its sizes', () => {
    const text = `these 2 derivations will be built:\n  ${drv('a')}\n  ${drv('b')}\nthis path will be fetched (0.50 MiB download, 1.5 GiB unpacked):\n  /nix/store/p\nx\n`;
    expect(eventsOf(text)).toEqual([
      { kind: 'plan', list: 'builds', downloadBytes: null, unpackedBytes: null },
      { kind: 'planned', paths: [drv('a'), drv('b')] },
      { kind: 'plan', list: 'fetches', downloadBytes: 524288, unpackedBytes: 1610612736 },
      { kind: 'planned', paths: ['/nix/store/p'] },
      { kind: 'output', lines: ['x'], count: 1 },
      { kind: 'end', exitCode: null },
    ]);
  });
});

describe('lines of the tools', () => {
  test.each([
    ['building the system configuration...', 'step building'],
    [
      "debug: nixos_rebuild.process: calling run with args=['nix-env', '-p', 'x', '--set', 'y'], kwargs={}",
      'step profile',
    ],
    ['updating systemd-boot from 255 to 256', 'step bootloader'],
    ['stopping the following units: a.service, b.service', 'step stopping a.service,b.service'],
    ['reloading user units for ann...', 'step reloading-users ann'],
    ['Homebrew bundle...', 'step activating Homebrew bundle'],
    ['setting up launchd services...', 'step activating launchd services'],
    ['Starting Home Manager activation', 'step activating'],
    ['Done. The new configuration is', 'step done'],
  ])('%s', (line, step) => {
    expect(told(`${line}\n`)).toEqual([step]);
  });

  it('ends builds where the next command says what it will build', () => {
    expect(told(`${building('one')}this derivation will be built:\n  ${drv('two')}\n`)).toEqual([
      'start build',
      'stop one.drv',
      'plan',
      'planned',
    ]);
  });

  it('bounds an error without end', () => {
    const { reader } = readLog(newLogReader, Buffer.from(`error: x\n${'       y\n'.repeat(1_000)}`));
    expect(reader.text.error?.lines.length).toBe(400);
  });

  it('reads parts of an activation only within one: a build may say the same', () => {
    const part = 'setting up secrets...\n';
    expect(told(`${building('one')}${part}Failed to start x.service\n`)).toEqual([
      'start build',
      'one.drv | setting up secrets... / Failed to start x.service',
    ]);
    expect(told(`activating the configuration...\n${part}`)).toEqual([
      'step activating',
      'step activating secrets',
    ]);
    expect(told('Starting Home Manager activation\nActivating linkGeneration\n')).toEqual([
      'step activating',
      'step activating linkGeneration',
    ]);
  });

  test.each([
    ['Could not acquire lock', 'lock', null],
    ['Failed to start nginx.service', 'units', null],
    ["error: Command '['nix', 'build']' returned non-zero exit status 2.", 'command', 2],
    ["Command '['nix', 'build']' returned non-zero exit status 1.", 'command', 1],
    ["subprocess.CalledProcessError: Command '['nix']' died with <Signals.SIGKILL: 9>.", 'command-signal', 9],
  ])('%s', (line, reason, code) => {
    expect(eventsOf(`${line}\n`)[0]).toMatchObject({ kind: 'tool-failure', reason, code });
  });
});
