import { Text } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import type { ReactElement } from 'react';
import { afterEach, expect, test } from 'vitest';
import { Screen } from '../../components/app/app.tsx';
import { AppContextProvider, idleContext } from '../../hooks/app-context.ts';
import { useBuildTree, useIostat, usePressure, useResidentMemory } from '../../hooks/use-sources.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import { createDashboardStore } from '../../src/state/create.ts';
import { calm } from '../support/model-fixture.ts';

afterEach(cleanup);
const settled = () => new Promise((resolve) => setImmediate(resolve));

const store = createDashboardStore({
  model: calm,
  terminal: { columns: 80, rows: 24, unicode: true, color: true },
});

function Sources({ disksMs }: { readonly disksMs?: number }) {
  usePressure();
  useResidentMemory();
  useIostat(disksMs);
  useBuildTree();
  return <Text>sources</Text>;
}

const wanted = new Map<string, number[]>();

/** `poll` of a loop that only notes who wants what how often. */
function Polled({ children }: { readonly children: ReactElement }) {
  const context = idleContext(store, {
    poll(source, everyMs) {
      wanted.set(source, [...(wanted.get(source) ?? []), everyMs]);
      return () => {
        const rest = (wanted.get(source) ?? []).filter((other) => other !== everyMs);
        if (rest.length === 0) wanted.delete(source);
        else wanted.set(source, rest);
      };
    },
  });
  return <AppContextProvider value={context}>{children}</AppContextProvider>;
}

test('each hook wants its source at its interval while it is mounted', async () => {
  const tree = (disksMs?: number) => (
    <Polled>
      <Sources {...(disksMs === undefined ? {} : { disksMs })} />
    </Polled>
  );
  const app = render(tree());
  await settled();
  expect(Object.fromEntries(wanted)).toEqual({
    pressure: [500],
    residentMemory: [1000],
    iostat: [1000],
    buildTree: [1000],
  });
  app.rerender(tree(5000));
  await settled();
  expect(wanted.get('iostat')).toEqual([5000]);
  app.unmount();
  expect(wanted.size).toBe(0);
});

test('the view of the disks wants them more often, for as long as it is open', async () => {
  const app = render(
    <Polled>
      <Screen />
    </Polled>,
  );
  await settled();
  expect(wanted.size).toBe(0);
  store.setState((state) => applyStep(state, { type: 'view', view: 'disks' }), true);
  await settled();
  expect(Object.fromEntries(wanted)).toEqual({ iostat: [500] });
  store.setState((state) => applyStep(state, { type: 'view', view: 'builds' }), true);
  await settled();
  expect(wanted.size).toBe(0);
  app.unmount();
});
