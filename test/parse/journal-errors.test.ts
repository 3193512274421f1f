import { describe, expect, it } from 'vitest';
import { parseJournalErrors } from '../../src/parse/journal-errors.ts';

const line = (entry: unknown) => JSON.stringify(entry);

describe('errors of the journal', () => {
  it('are counted by who said them, with the last line of each', () => {
    const lines = [
      line({ SYSLOG_IDENTIFIER: 'kernel', MESSAGE: 'first' }),
      line({ SYSLOG_IDENTIFIER: 'sshd', MESSAGE: 'fatal: no' }),
      line({ SYSLOG_IDENTIFIER: 'kernel', MESSAGE: 'second' }),
      line({ _COMM: 'dockerd', MESSAGE: 'x' }),
      line({ MESSAGE: 'y' }),
    ];
    expect(parseJournalErrors(lines, 10, 500)).toEqual({
      ...{ minutes: 10, count: 5, more: false },
      by: [
        { who: 'kernel', count: 2, last: 'second' },
        { who: 'sshd', count: 1, last: 'fatal: no' },
        { who: 'dockerd', count: 1, last: 'x' },
        { who: 'somebody', count: 1, last: 'y' },
      ],
    });
  });

  it('may be bytes, several, null, torn or hostile', () => {
    const bytes = [...new TextEncoder().encode('\u001b[31mred\nand more')];
    const lines = [
      line({ SYSLOG_IDENTIFIER: 'a', MESSAGE: bytes }),
      line({ SYSLOG_IDENTIFIER: ['b', 'c'], MESSAGE: ['one', 'two'] }),
      line({ SYSLOG_IDENTIFIER: 'd', MESSAGE: null }),
      line({ SYSLOG_IDENTIFIER: 'e', MESSAGE: [1, 'x', {}] }),
      line({ SYSLOG_IDENTIFIER: 'f', MESSAGE: 'z'.repeat(10_000) }),
      '{"SYSLOG_IDENTIFIER":"torn',
      '',
      '[]',
    ];
    const { count, by } = parseJournalErrors(lines, 10, 500);
    expect(count).toBe(5);
    expect(by.map(({ who, last }) => [who, last.length > 20 ? last.length : last])).toEqual([
      ['a', '[31mred and more'],
      ['b', 'one'],
      ['d', ''],
      ['e', ''],
      ['f', 200],
    ]);
  });

  it('are more than were read where as many came as were asked for', () => {
    expect(parseJournalErrors([line({ MESSAGE: 'x' }), line({ MESSAGE: 'x' })], 10, 2).more).toBe(true);
  });
});
