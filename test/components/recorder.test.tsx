/** What the screen says of the recorder: calm while it works, in words when it does not. */
import { describe, expect, test } from 'vitest';
import { type RecorderStatus, recorderOff } from '../../src/model/past/recorded.ts';
import { busyHistory, calm } from '../support/model-fixture.ts';
import { renderScreen, visible } from './render-screen.tsx';

const reason = 'not recording: no space left in /state: make room, then start again';
const statuses: Readonly<Record<string, Partial<RecorderStatus>>> = {
  off: {},
  recording: { state: 'recording' },
  behind: { state: 'recording', dropped: 12, behind: true },
  'events too': { state: 'recording', dropped: 12, droppedEvents: 1, behind: true },
  'all kinds': { state: 'recording', dropped: 12, droppedEvents: 1, tooLong: 2 },
  'after a gap': { state: 'recording', dropped: 12 },
  stopped: { state: 'stopped', reason },
};

function screen(
  status: Partial<RecorderStatus>,
  columns: number,
  rows: number,
  privilegeHint: string | null,
) {
  const health = { recorder: { ...recorderOff, ...status }, privilegeHint };
  const lines = visible(renderScreen({ model: calm, history: busyHistory }, { columns, rows, health })).split(
    '\n',
  );
  return { title: lines[0] ?? '', rest: lines.slice(1).join('\n'), lines };
}

describe('in the title', () => {
  test.each([
    ['off', null],
    ['recording', / REC /],
    ['behind', / REC behind /],
    ['after a gap', / REC 12 lost /],
    ['all kinds', / REC 15 lost /],
    ['stopped', / not recording /],
  ])('%s', (name, expected) => {
    const { title } = screen(statuses[name] ?? {}, 160, 30, null);
    if (expected === null) expect(title).not.toMatch(/REC|recording/);
    else expect(title).toMatch(expected);
  });

  test('where it is narrow calm gives way, and what is wrong does not', () => {
    expect(screen(statuses['recording'] ?? {}, 60, 12, null).title).not.toContain('REC');
    expect(screen(statuses['stopped'] ?? {}, 60, 12, null).title).toContain('not recording');
  });
});

describe('above the footer', () => {
  const hint = 'Not root: I/O of other users is not shown.';
  test.each([
    ['recording', hint],
    ['behind', 'the disk does not keep up: 12 samples missing from the recording'],
    ['events too', 'the disk does not keep up: 12 samples and 1 event missing from the recording'],
    ['after a gap', hint],
    ['stopped', reason],
  ])('%s', (name, expected) => {
    const { rest, lines } = screen(statuses[name] ?? {}, 120, 30, hint);
    expect(rest).toContain(expected);
    expect(rest.includes(hint)).toBe(expected === hint);
    expect(lines).toHaveLength(30);
  });
});
