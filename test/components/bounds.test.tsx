import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { failedIds } from '../../src/model/rebuild/failed.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import type { UiState } from '../../src/state/state.ts';
import { diagnosed } from '../support/diagnosed-model.ts';
import { busyHistory, fixtureCases } from '../support/model-fixture.ts';
import { followed, followedAlone } from '../support/rebuild-models.ts';
import { renderScreen, visible } from './render-screen.tsx';

const normal: Mode = { kind: 'normal' };
const widths = [40, 41, 47, 59, 60, 61, 79, 80, 99, 100, 119, 120, 139, 140, 179, 200];
const heights = [8, 9, 10, 11, 12, 15, 16, 20, 24, 33, 40, 60];

/** Every pair would take minutes; this walk meets every width and every height with more than one partner. */
const sizes = widths.flatMap((columns, index) =>
  [0, 3].map((offset) => ({ columns, rows: heights[(index * 5 + offset) % heights.length] ?? 8 })),
);

const followedCases = Object.entries({ followed, followedAlone, diagnosed }).map(([name, model]) => ({
  name,
  model,
  history: busyHistory,
}));

describe.each([...fixtureCases, ...followedCases].map((fixture) => [fixture.name, fixture] as const))(
  '%s',
  (_, fixture) => {
    const build = fixture.model.builds[0];
    const key = build === undefined ? null : identityKey(build);
    const failing = fixture.model.rebuilds.find(({ failures }) => failures.length > 0);
    const [root] = failing?.failures ?? [];
    const failedKey =
      failing === undefined || root === undefined ? '' : (failedIds(failing.id, root)[0] ?? '');
    const pages: Readonly<Record<string, Partial<UiState>>> = {
      overview: { selected: key, unfolded: new Set(key === null ? [] : [key]) },
      builds: { view: 'builds', selected: key },
      disks: { view: 'disks', selectedDisk: fixture.model.disks[0]?.device ?? null },
      details: { modes: [normal, { kind: 'details', build: key ?? '', scroll: 0 }] },
      failed: { modes: [normal, { kind: 'details', build: failedKey, scroll: 99 }] },
      diagnosis: { view: 'diagnosis', selectedDiagnosis: 'space' },
      why: {
        view: 'diagnosis',
        modes: [normal, { kind: 'why', of: { kind: 'row', key: 'build' }, scroll: 2 }],
      },
      remedies: {
        view: 'diagnosis',
        modes: [normal, { kind: 'remedies', of: { kind: 'row', key: 'space' }, scroll: 0 }],
      },
      help: { modes: [normal, { kind: 'help', filter: '', typing: true, scroll: 0 }] },
      prompts: {
        modes: [normal, { kind: 'search', text: '日本\u001b[2J', before: { search: '', selected: null } }],
        notice: { text: 'no match\u0007'.repeat(40), level: 'warning' },
        filter: '1',
      },
    };

    it.each(Object.entries(pages))('%s stays inside every terminal', (page, ui) => {
      for (const { columns, rows } of sizes) {
        for (const unicode of [true, false]) {
          const health = { privilegeHint: 'x'.repeat(300) };
          const frame = renderScreen(fixture, { columns, rows, unicode, color: true, ui, health });
          const lines = frame.split('\n');
          const where = `${page} ${columns}x${rows}`;
          expect(lines.length, where).toBeLessThanOrEqual(rows);
          for (const line of lines)
            expect(stringWidth(line), `${where}: ${line}`).toBeLessThanOrEqual(columns);
          // Nothing but ink's own colours may start with an escape.
          expect(visible(frame).replace(/␛\[[\d;]*m/g, ''), where).not.toMatch(/␛|[^\P{Cc}\n]/u);
        }
      }
    });
  },
);
