/** Texts as Linux 6.18 prints them (x86_64), and as nobody should. */
import { describe, expect, it } from 'vitest';
import { parseCallBytes, parseSwitches, parseTimed, parseWchan } from '../../src/parse/process-progress.ts';
import { garbage } from '../support/cut.ts';

describe('context switches', () => {
  const rows = 'Mems_allowed_list:\t0\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n';
  it('are the last two rows of status', () => {
    expect(parseSwitches(`Name:\tbash\n${rows}`)).toEqual({
      voluntarySwitches: 150,
      nonvoluntarySwitches: 545,
    });
  });
  it('a number that is cut is none', () => {
    expect(parseSwitches(rows.slice(0, -2)).nonvoluntarySwitches).toBeNull();
    expect(parseSwitches('Name:\tzombie\n')).toEqual({ voluntarySwitches: null, nonvoluntarySwitches: null });
  });
});

it('bytes of read and write calls', () => {
  expect(parseCallBytes('rchar: 2000\nwchar: 300\nsyscr: 15\nread_bytes: 4096\nwrite_bytes: 0\n')).toBe(2300);
  expect(parseCallBytes('rchar: 2000\n')).toBeNull();
});

it.each([
  ['anon_pipe_read', 'anon_pipe_read'],
  ['do_sigtimedwait.isra.0', 'do_sigtimedwait'],
  ['poll_schedule_timeout.constprop.0', 'poll_schedule_timeout'],
  ['0', null],
  ['', null],
])('wchan %j', (text, name) => {
  expect(parseWchan(text)).toBe(name);
});

const rest = '0x0 0x0 0x7ffc00000000 0x7f0000000000\n';
it.each([
  ['epoll_wait without end', 'do_epoll_wait', '232 0x8 0x55c2a35dd240 0x3ff 0xffffffff', false],
  ['epoll_wait of ten minutes', 'do_epoll_wait', '232 0x8 0x55c2a35dd240 0x3ff 0x927c0', true],
  ['epoll_pwait of arm64', 'do_epoll_wait', '22 0x8 0xffff 0x3ff 0xffffffffffffffff', false],
  ['poll without end', 'poll_schedule_timeout', '7 0x7f5ec2d4c790 0x1 0xffffffff 0x1', false],
  ['ppoll with a timespec', 'poll_schedule_timeout', '271 0x7f5e 0x1 0x7ffd00000000 0x0', true],
  ['pselect6 without', 'poll_schedule_timeout', '270 0x6 0x7ffe 0x0 0x0 0x0', false],
  ['futex without', 'futex_do_wait', '202 0x55c2a3434ac0 0x189 0x0 0x0', false],
  ['futex with', 'futex_do_wait', '202 0x55c2a3434ac0 0x189 0x0 0x7ffd00000000', true],
  ['sigtimedwait without', 'do_sigtimedwait', '128 0x7ffe 0x7ffe 0x0 0x8', false],
  ['a sleep', 'hrtimer_nanosleep', '230 0x1 0x1 0x7ffe4e1d10d0', true],
  ['a read has no timeout', 'anon_pipe_read', '0 0x8 0x7f5ec2936d20 0x1 0x1', null],
  ['of a call that nobody knows', 'poll_schedule_timeout', '9999 0x1 0x2 0x3 0x4', null],
  ['it runs', 'futex_do_wait', 'running', null],
])('timeout: %s', (_, wchan, call, timed) => {
  expect(parseTimed(`${call} ${rest}`, wchan)).toBe(timed);
});

it('a sleep that may not be looked at, and garbage', () => {
  expect(parseTimed('', 'hrtimer_nanosleep')).toBe(true);
  expect(parseTimed('232 0x8', null)).toBeNull();
  for (const text of garbage) expect(parseTimed(text, 'do_epoll_wait')).toBeNull();
});
