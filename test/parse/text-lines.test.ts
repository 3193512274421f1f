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

  it('reads what will be done, and its sizes', () => {
    const text = `these 2 derivations will be built:\n  ${drv('a')}\n  ${drv('b')}\nthis path will be fetched (0.50 MiB download, 1.5 GiB unpacked):\n  /nix/store/p\nx\n`;
    expect(eventsOf(text)).toEqual([
      { kind: 'plan', list: 'builds', count: 2, downloadBytes: null, unpackedBytes: null },
      { kind: 'planned', paths: [drv('a'), drv('b')] },
      { kind: 'plan', list: 'fetches', count: 1, downloadBytes: 524288, unpackedBytes: 1610612736 },
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
