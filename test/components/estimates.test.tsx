/** Expected times on the screen. */
import { expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import type { Model } from '../../src/model/model.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import { busyHistory, firefox } from '../support/model-fixture.ts';
import { followed, followedPhases } from '../support/rebuild-models.ts';
import { renderScreen } from './render-screen.tsx';

const normal: Mode = { kind: 'normal' };

function detailsWith(medianSec: number, columns: number): string {
  const usual = { medianSec, lowSec: 0.9 * medianSec, highSec: 1.2 * medianSec, runs: 10 };
  const builds = followedPhases.builds.map((build) =>
    build.log === null ? build : { ...build, ageSec: 3_100, log: { ...build.log, usual } },
  );
  const ui = {
    selected: identityKey(firefox),
    modes: [normal, { kind: 'details', build: identityKey(firefox), scroll: 0 }],
  } as const;
  return renderScreen(
    { model: { ...followedPhases, builds }, history: busyHistory },
    { columns, rows: 24, ui, color: false },
  );
}

test('the details say what a build usually takes, and that it takes far longer', () => {
  expect(detailsWith(3_000, 120)).toContain('51:40  usually 45-60 min');
  for (const columns of [60, 80, 120]) expect(detailsWith(1_000, columns)).toContain('3.1x its usual time');
});

test('a rebuild says how long it still takes, and nothing where that is unknown', () => {
  const told = (estimate: Model['rebuilds'][number]['estimate']) => {
    const rebuilds = followed.rebuilds.map((one) => ({ ...one, estimate }));
    return renderScreen(
      { model: { ...followed, rebuilds }, history: busyHistory },
      { columns: 160, rows: 40, color: false },
    );
  };
  expect(told({ lowSec: 840, highSec: 1_200, known: 1 })).toContain('about 14-20 min');
  expect(told(null)).not.toContain('about');
});
