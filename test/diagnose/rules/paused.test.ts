/** Builds that somebody stopped. */
import { expect, test } from 'vitest';
import { remediesOf } from '../../../src/format/remedies.ts';
import { firstFound, foundIn, textOf } from '../found.ts';
import { around, type Scene, shell, tell } from '../story.ts';

const cgroup = '/system.slice/nix-daemon.service/nix-build-uid-30001';

test('by a signal: at the first look that shows it', () => {
  const scene = (second: number): Scene => ({
    processes: around([shell({ state: second >= 30 ? 'T' : 'R', userTicks: Math.min(second, 30) * 100 })]),
  });
  expect(firstFound(60, scene, ({ found }) => found.kind === 'paused')?.second).toBe(30);
  expect(textOf(tell(330, scene), 'paused')).toBe('thing-1.0 is stopped by a signal, 5 min');
});

test('by the freezer of its cgroup, which is named', () => {
  const frozen =
    (is: boolean) =>
    (second: number): Scene => ({
      processes: around([shell({ facts: { ...shell().facts, cgroup } })]),
      forest: {
        cgroups: [
          {
            path: cgroup,
            frozen: is,
            memoryAtMs: second * 1000,
            currentBytes: 1e9,
            limitBytes: null,
            highBytes: null,
            throttled: 0,
            limitHits: 0,
            ooms: 0,
            oomKills: 0,
          },
        ],
      },
    });
  const told = tell(10, frozen(true));
  expect(textOf(told, 'paused')).toBe('thing-1.0 is frozen with its cgroup nix-build-uid-30001, 10 s');
  const finding = foundIn(told.model, 'paused');
  expect(finding && remediesOf(finding.found)).toContainEqual(
    expect.objectContaining({ command: 'systemctl thaw nix-daemon.service' }),
  );
  const { model } = tell(10, frozen(false));
  expect(model.hypotheses.find(({ id }) => id === 'paused')?.state).toBe('refuted');
});
