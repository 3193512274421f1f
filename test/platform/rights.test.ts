/** What each right takes, from made-up /proc/self/status. */
import { describe, expect, test } from 'vitest';
import { type Credentials, missingRights } from '../../src/platform/rights.ts';

const status = (effective: string) =>
  `Name:\tnixpulse\nCapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\nCapEff:\t${effective}\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\n`;
const whole = '         0          0 4294967295\n';
const rootless = '         0     100000      65536\n';
const rightsOf = (credentials: Partial<Credentials>) =>
  missingRights({ uid: 1000, status: status('0'), uidMap: whole, readsFirst: () => false, ...credentials });

const read = 'read-all-processes';
const signal = 'signal-all';
const outside = 'rights outside the user namespace';
const inContainer = () => true;

describe('each right and what is missing for it', () => {
  test.each<[string, Partial<Credentials>, Record<typeof read | typeof signal | 'administer', string[]>]>([
    [
      'root has all',
      { uid: 0, status: status('000001ffffffffff') },
      { [read]: [], [signal]: [], administer: [] },
    ],
    [
      'a user has none',
      {},
      { [read]: ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'], [signal]: ['CAP_KILL'], administer: ['root'] },
    ],
    [
      'cap_sys_ptrace, cap_dac_read_search: what the NixOS module hands out',
      { status: status('0000000001884004') },
      { [read]: [], [signal]: ['CAP_KILL'], administer: ['root'] },
    ],
    [
      'one of the two is not enough',
      { status: status('0000000000080000') },
      { [read]: ['CAP_DAC_READ_SEARCH'], [signal]: ['CAP_KILL'], administer: ['root'] },
    ],
    [
      'cap_kill alone',
      { status: status('0000000000000020') },
      { [read]: ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'], [signal]: [], administer: ['root'] },
    ],
    [
      // CAP_DAC_OVERRIDE reads any file, too.
      "a container's root without CAP_SYS_PTRACE",
      { uid: 0, status: status('00000000a80425fb') },
      { [read]: ['CAP_SYS_PTRACE'], [signal]: [], administer: [] },
    ],
    [
      'uid 0 of a user namespace that sees the processes of the machine (unshare -r)',
      { uid: 0, status: status('000001ffffffffff'), uidMap: '         0       1000          1\n' },
      { [read]: [outside], [signal]: [outside], administer: [outside] },
    ],
    [
      "a rootless container's root, with a /proc of its own",
      { uid: 0, status: status('000001ffffffffff'), uidMap: rootless, readsFirst: inContainer },
      { [read]: [], [signal]: [], administer: [] },
    ],
    [
      'no user namespaces in this kernel',
      { uid: 0, status: status('000001ffffffffff'), uidMap: null },
      { [read]: [], [signal]: [], administer: [] },
    ],
    ['no /proc: root', { uid: 0, status: null }, { [read]: [], [signal]: [], administer: [] }],
    ['no /proc: a user', { status: null }, { [read]: ['root'], [signal]: ['root'], administer: ['root'] }],
    [
      'a garbled status says nothing of capabilities',
      { uid: 0, status: 'CapEff:\tzz\n' },
      { [read]: [], [signal]: [], administer: [] },
    ],
  ])('%s', (_, credentials, missing) => {
    expect(rightsOf(credentials)).toMatchObject(missing);
  });

  test.each<[string, Partial<Credentials>, string[]]>([
    ['root', { uid: 0, status: status('000001ffffffffff') }, []],
    ['a user', {}, ['CAP_SYS_NICE']],
    ['who has been given it', { status: status('0000000000800000') }, []],
    ["a container's root", { uid: 0, status: status('00000000a80425fb') }, ['CAP_SYS_NICE']],
    ['a user namespace', { uid: 0, status: status('000001ffffffffff'), uidMap: rootless }, [outside]],
    ['no /proc: a user', { status: null }, ['root']],
  ])('priorities: %s', (_, credentials, missing) => {
    expect(rightsOf(credentials)['set-priority']).toEqual(missing);
  });
});
