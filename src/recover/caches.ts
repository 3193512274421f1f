/** Everything from caches: which of them can be used, what would be left to build, and the settings for it. */

import { reasonOf } from '../actions/wording.ts';
import { plural } from '../base/plural.ts';
import { type CachesOnly, cachesOnlyCommand, cachesOnlyModule } from '../format/caches-only.ts';
import { type AskedCaches, askAllCaches, cacheLine, usableOf } from './caches/asked.ts';
import { dryRunOnce, jobsFor, planIn, tellPlan } from './caches/left-to-build.ts';
import type { Plan, Procedure, RecoverContext, Step } from './step.ts';
import { placeOfFile, planFile, rowsOf, writeFile } from './written-file.ts';

const ask: Step = {
  id: 'ask',
  title: 'Ask every cache',
  why: 'a cache that does not answer, or is not trusted, gives nothing',
  needs: ['network'],
  async plan(context) {
    const asked = await askAllCaches(context);
    if (!asked.ok) return { state: 'impossible', why: reasonOf(asked.problem) };
    const { caches } = asked.value;
    if (caches.length === 0)
      return {
        state: 'impossible',
        why: 'substituters is empty: no cache is in force',
        way: 'name one in nix.settings.substituters: https://cache.nixos.org',
      };
    const usable = usableOf(asked.value);
    const lines = caches.map(cacheLine);
    const why = `${usable.length} of ${plural(caches.length, 'cache')} can be used`;
    return usable.length === 0 ? { state: 'impossible', why, lines } : { state: 'needless', why, lines };
  },
};

const left: Step = {
  id: 'left',
  title: 'Tell what would have to be built',
  why: 'what no cache has ends a rebuild that takes from caches only',
  needs: ['network'],
  optional: true,
  plan: (context) => withCaches(context, async (caches) => tellPlan(await dryRunOnce(caches, context))),
};

const command: Step = {
  id: 'command',
  title: 'The command for one rebuild',
  why: 'its options count for that rebuild alone',
  needs: [],
  plan: (context) =>
    withCaches(context, async (caches) => ({
      state: 'needless',
      why: 'it is to be copied, and no file is needed for it:',
      code: [
        cachesOnlyCommand(settingsFor(caches), {
          flake: context.wishes.flake,
          jobs: jobsFor(planIn(await dryRunOnce(caches, context))),
        }),
      ],
    })),
};

const file: Step = {
  id: 'file',
  title: 'Write the settings into a file',
  why: 'for more rebuilds than one: a module to be imported, which changes nothing until then',
  needs: [],
  plan: (context) =>
    withCaches(context, async (caches) => {
      const path = placeOfFile(context, fileName);
      const text = cachesOnlyModule(settingsFor(caches));
      if (context.wishes.output === null && /^\/etc\/nixos(?:\/|$)/.test(path))
        return {
          state: 'impossible',
          why: 'nothing is put into /etc/nixos unasked',
          way: '--output FILE names a place',
        };
      const there = await planFile(context, path, text);
      return there ?? { state: 'todo', asks: 'yes', lines: [`into ${path}:`], code: rowsOf(text) };
    }),
  async act(context) {
    const caches = await askAllCaches(context);
    if (!caches.ok) return { status: 'failed', summary: reasonOf(caches.problem), details: [] };
    return writeFile(context, placeOfFile(context, fileName), cachesOnlyModule(settingsFor(caches.value)));
  },
};

const fileName = 'caches-only.nix';

export const cachesProcedure: Procedure = {
  id: 'caches',
  title: 'Rebuild from caches alone',
  when: 'the machine is too small or too slow to build, or is not to build now',
  steps: [ask, left, command, file],
  fits: async () => null,
};

function settingsFor(caches: AskedCaches): CachesOnly {
  return { substituters: usableOf(caches).map(({ address }) => address), publicKeys: caches.publicKeys };
}

async function withCaches(
  context: RecoverContext,
  plan: (caches: AskedCaches) => Promise<Plan>,
): Promise<Plan> {
  const asked = await askAllCaches(context);
  if (!asked.ok) return { state: 'impossible', why: reasonOf(asked.problem) };
  if (usableOf(asked.value).length === 0) return { state: 'impossible', why: 'no cache can be used' };
  return plan(asked.value);
}
