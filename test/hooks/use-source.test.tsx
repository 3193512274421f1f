import { Text } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { AppContextProvider, idleContext } from '../../hooks/app-context.ts';
import { useBuildTree } from '../../hooks/use-build-tree.ts';
import { useIostat } from '../../hooks/use-iostat.ts';
import { usePressure } from '../../hooks/use-pressure.ts';
import { useResidentMemory } from '../../hooks/use-resident-memory.ts';
import { defaultIntervalMs } from '../../src/samplers/source.ts';
import { createDashboardStore } from '../../src/state/create.ts';
import { calm } from '../support/model-fixture.ts';

afterEach(cleanup);
const settled = () => new Promise((resolve) => setImmediate(resolve));

function Sources({ disksMs }: { readonly disksMs?: number }) {
  usePressure();
  useResidentMemory();
  useIostat(disksMs);
  useBuildTree();
  return <Text>sources</Text>;
}

test('each hook wants its source at its interval while it is mounted', async () => {
  const wanted = new Map<string, number>();
  const store = createDashboardStore({
    model: calm,
    terminal: { columns: 80, rows: 24, unicode: true, color: true },
  });
  const context = idleContext(store, {
    poll(source, everyMs) {
      expect(wanted.has(source)).toBe(false);
      wanted.set(source, everyMs);
      return () => wanted.delete(source);
    },
  });
  const tree = (disksMs?: number) => (
    <AppContextProvider value={context}>
      <Sources {...(disksMs === undefined ? {} : { disksMs })} />
    </AppContextProvider>
  );
  const app = render(tree());
  await settled();
  expect(Object.fromEntries(wanted)).toEqual(defaultIntervalMs);
  app.rerender(tree(5000));
  await settled();
  expect(wanted.get('iostat')).toBe(5000);
  app.unmount();
  expect(wanted.size).toBe(0);
});
