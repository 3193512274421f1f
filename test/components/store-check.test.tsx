import { renderToString } from 'ink';
import { describe, expect, it, test } from 'vitest';
import { StoreCheck } from '../../components/store-check/store-check.tsx';
import { AppContextProvider } from '../../hooks/app-context.ts';
import { fail, ok } from '../../src/base/problem.ts';
import { textColumns } from '../../src/base/text.ts';
import type {
  GarbageEstimate,
  StoreCheckState,
  StoreVerification,
} from '../../src/model/nix-store/store-check.ts';
import { emptyHistory } from '../../src/model/past/history.ts';
import { expectGolden } from '../support/golden.ts';
import { idle } from '../support/model-fixture.ts';
import { contextOf, type ScreenOptions, stateOf, visible } from './render-screen.tsx';

const nowMs = Date.parse('2026-11-20T13:28:01.000Z');
const gb = 1024 ** 3;

function draw(
  state: StoreCheckState,
  size: Pick<ScreenOptions, 'columns' | 'rows' | 'unicode' | 'color'>,
): string {
  const context = contextOf(stateOf({ model: idle, history: emptyHistory }, size));
  return renderToString(
    <AppContextProvider value={context}>
      <StoreCheck state={state} nowMs={nowMs} columns={size.columns} rows={size.rows} />
    </AppContextProvider>,
    { columns: size.columns },
  );
}

const damaged = [
  '/nix/store/5djhjs4bd5d967drw4f8i55cgjjgg0kx-libfoo-1.2',
  '/nix/store/1wi9jm7nv51il53qvxgdwf28yz2979hl-python3.12-sphinxcontrib-serializinghtml-2.0.0-dist',
] as const;
const sound: StoreVerification = {
  version: 1,
  time: '2026-11-20T11:20:00.000Z',
  status: 'done',
  durationMs: 734_000,
  paths: 90_412,
  expectedPaths: 90_412,
  bytes: 312 * gb,
  corrupt: [],
  missing: [],
  unreadable: [],
};
const estimate: GarbageEstimate = {
  deadPaths: 12_345,
  deadBytes: 48.1 * gb,
  paths: 90_412,
  bytes: 312 * gb,
  timeMs: nowMs - 190_000,
};
const garbage = ok(estimate);
const running: StoreCheckState = {
  work: {
    title: 'verify',
    progress: {
      text: 'checks the contents of the store paths',
      done: 37_120,
      total: 90_412,
      doneBytes: 128.4 * gb,
      totalBytes: 312 * gb,
      bytesPerSec: 41 * 1024 ** 2,
      secondsLeft: 4330,
    },
    lines: [`corrupt ${damaged[0]}`, `missing ${damaged[1]}`],
  },
  last: ok({ ...sound, status: 'failed', corrupt: [damaged[0]] }),
  garbage,
};

const states: Readonly<Record<string, StoreCheckState>> = {
  running,
  sound: { work: null, last: ok(sound), garbage },
  damaged: {
    work: null,
    last: ok({ ...sound, status: 'failed', corrupt: [damaged[0], damaged[1]], missing: [damaged[0]] }),
    garbage: ok({ ...estimate, deadPaths: 0, deadBytes: 0, timeMs: nowMs }),
  },
  first: { work: null, last: ok(null), garbage: 'looking' },
  unread: { work: null, last: null, garbage: null },
  trouble: {
    work: null,
    last: fail('malformed', '/root/.local/state/nixpulse/verify.json'),
    garbage: fail('malformed', 'nix-store --dump-db', 'error: cannot connect to daemon'),
  },
  begins: { work: { title: 'verify', progress: {}, lines: [] }, last: ok(null), garbage: null },
  repairs: {
    work: {
      title: 'repair',
      progress: { text: 'fetches it from https://cache.nixos.org', done: 1, total: 2 },
      lines: [damaged[0], '  repaired, from https://cache.nixos.org', damaged[1]],
    },
    last: ok(sound),
    garbage,
  },
};

describe.each(Object.entries(states))('%s', (name, state) => {
  it.each([120, 80, 60])('%d columns', (columns) => {
    expectGolden(`store-check-${name}-${columns}`, draw(state, { columns, rows: 8 }));
  });
});

it('on a text console', () => {
  const frame = draw(running, { columns: 80, rows: 8, unicode: false });
  expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
  expectGolden('store-check-running-80-ascii', frame);
});

it('in colour', () => {
  expectGolden(
    'store-check-running-120-color',
    visible(draw(running, { columns: 120, rows: 8, color: true })),
  );
});

describe('room', () => {
  const many: StoreCheckState = {
    work: null,
    last: ok({
      ...sound,
      status: 'failed',
      corrupt: Array.from({ length: 500 }, (_, n) => `${damaged[0]}-${n}`),
    }),
    garbage,
  };
  const findings: StoreCheckState = {
    ...running,
    work: {
      title: 'verify',
      progress: {},
      lines: Array.from({ length: 500 }, (_, n) => `corrupt ${damaged[0]}-${n}`),
    },
  };

  test('exactly so many rows, none too wide', () => {
    for (const state of [...Object.values(states), many, findings])
      for (const rows of [1, 2, 3, 4, 5, 9, 30])
        for (const columns of [40, 60, 61, 200]) {
          const lines = draw(state, { columns, rows }).split('\n');
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) expect(textColumns(line)).toBeLessThanOrEqual(columns);
        }
  });

  test('of a list the first, of what comes the newest, and how many more', () => {
    const standing = draw(many, { columns: 120, rows: 6 }).split('\n');
    expect(standing[2]).toContain(`${damaged[0]}-0`);
    expect(standing.at(-1)).toContain('and 497 more');
    const coming = draw(findings, { columns: 120, rows: 8 }).split('\n');
    expect(coming.at(-1)).toContain(`${damaged[0]}-499`);
    expect(coming[3]).toContain('and 496 before');
  });

  test('names of unknown origin do no harm', () => {
    const work = {
      title: 'verify',
      progress: { text: 'a\u001b[2Jb' },
      lines: ['x\u001b]0;title\u0007\n\r\ty\u202e'],
    };
    const frame = draw({ ...running, work }, { columns: 60, rows: 8 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not reach a terminal
    expect(frame).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
