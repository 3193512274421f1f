/** Causes as recordings bring them back, of this version and of others. */
import { expect, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { isCause } from '../../../src/model/past/cause-data.ts';
import { rebuildOfLog } from '../../support/followed-streams.ts';
import { logNames } from '../../support/logs.ts';

const causes = logNames.flatMap((name) => rootCauses(rebuildOfLog(name), {}).map(({ cause }) => cause));

test('those of all streams are known, and none of which a datum is missing or of another type', () => {
  expect(new Set(causes.map(({ kind }) => kind)).size).toBeGreaterThan(6);
  for (const cause of causes) {
    expect(isCause(JSON.parse(JSON.stringify(cause)))).toBe(true);
    for (const name of Object.keys(cause)) expect(isCause({ ...cause, [name]: { a: 1 } })).toBe(false);
  }
});

test.each([[null], ['exit'], [[]], [{}], [{ kind: 'constructor' }], [{ kind: 'exit' }], [{ kind: 'later' }]])(
  '%j is none',
  (value) => expect(isCause(value)).toBe(false),
);
