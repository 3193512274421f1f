import { Text } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { type AppContext, AppContextProvider } from '../../hooks/app-context.ts';
import { useBuildTree, useIostat, usePressure, useResidentMemory } from '../../hooks/use-sources.ts';
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
  const context: AppContext = {
    store: createDashboardStore({
      model: calm,
      terminal: { columns: 80, rows: 24, unicode: true, color: true },
    }),
    poll(source, everyMs) {
      expect(wanted.has(source)).toBe(false);
      wanted.set(source, everyMs);
      return () => wanted.delete(source);
    },
    quit: () => {},
    suspend: () => {},
    redraw: () => {},
    perform: () => {},
    cancelRunning: () => {},
    lookForGarbage: () => {},
    replay: null,
    goBack: () => {},
  };
  const tree = (disksMs?: number) => (
    <AppContextProvider value={context}>
      <Sources {...(disksMs === undefined ? {} : { disksMs })} />
    </AppContextProvider>
  );
  const app = render(tree());
  await settled();
  expect(Object.fromEntries(wanted)).toEqual({
    pressure: 500,
    residentMemory: 1000,
    iostat: 1000,
    buildTree: 1000,
  });
  app.rerender(tree(5000));
  await settled();
  expect(wanted.get('iostat')).toBe(5000);
  app.unmount();
  expect(wanted.size).toBe(0);
});
