/** Who loads what starts programs before it acts. */
import { expect, test } from 'vitest';
import { defaultGuardSettings, type GuardSettings } from '../../../src/guard/settings.ts';
import type { GuardAction } from '../../../src/model/guard/guard.ts';
import { startsPrograms } from '../../../src/modes/guard/programs-loaded.ts';

const memory = (actions: readonly GuardAction[], enabled = true): Partial<GuardSettings> => ({
  rules: {
    ...defaultGuardSettings.rules,
    memory: { ...defaultGuardSettings.rules.memory, actions, enabled },
  },
});

test.each([
  ['the usual settings', {}, false],
  ['a hook', { hook: ['/bin/hook'] }, true],
  ['a desktop', { notify: true }, true],
  ['a unit', { units: [{ unit: 'web.service', asks: null }] }, true],
  ['a limit, which may be the daemon’s', memory(['lower', 'limit', 'pause']), true],
  ['a rule that is off', memory(['limit'], false), false],
  ['a restart of the daemon', memory(['restart-daemon']), true],
] as const)('%s', (_, settings, starts) => {
  expect(startsPrograms({ ...defaultGuardSettings, ...settings })).toBe(starts);
});
