import { Text } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppContextProvider, idleContext } from '../../hooks/app-context.ts';
import { useFooter, useHelp } from '../../hooks/use-commands.ts';
import { press, useKeys } from '../../hooks/use-keys.ts';
import { useSelect } from '../../hooks/use-select.ts';
import { useTerminalSize } from '../../hooks/use-terminal-size.ts';
import { resizeTerminal } from '../../src/state/apply-model.ts';
import { createDashboardStore } from '../../src/state/create.ts';
import { busy } from '../support/model-fixture.ts';

function contextOf() {
  const store = createDashboardStore({
    model: busy,
    terminal: { columns: 120, rows: 40, unicode: true, color: true },
  });
  const done: string[] = [];
  const context = idleContext(store, {
    quit: (paused) => done.push(paused === undefined ? 'quit' : `quit ${paused}`),
    perform: (intent) => done.push(`perform ${intent.type}`),
    cancelRunning: () => done.push('cancel-running'),
    lookForGarbage: () => done.push('look-for-garbage'),
    replay: {
      order: (order) => done.push(`replay ${order.kind}`),
      leave: () => done.push('leave replay'),
    },
    goBack: () => done.push('go back'),
    suspend: () => done.push('suspend'),
    redraw: () => done.push('redraw'),
  });
  return { store, context, done };
}

function Probe() {
  useKeys();
  const view = useSelect((state) => state.ui.view);
  const { columns, rows } = useTerminalSize();
  const [first] = useFooter();
  const help = useHelp();
  const filter = useSelect((state) => state.ui.filter);
  return <Text>{`${view} ${columns}x${rows} ${first?.key} ${help.length > 20} filter=${filter}`}</Text>;
}

function Counter({ count }: { readonly count: () => void }) {
  count();
  return <Text>{useSelect((state) => state.ui.view)}</Text>;
}

function mount() {
  const { store, context, done } = contextOf();
  const app = render(
    <AppContextProvider value={context}>
      <Probe />
    </AppContextProvider>,
  );
  return { ...app, store, done };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});
/** Effects are attached and renders done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('keys from stdin', () => {
  test('go through the table to the store and the screen', async () => {
    const { stdin, lastFrame } = mount();
    await settled();
    expect(lastFrame()).toBe('overview 120x40 ? true filter=');
    stdin.write('2');
    await settled();
    expect(lastFrame()).toContain('builds');
    stdin.write('\\fire');
    await settled();
    expect(lastFrame()).toContain('builds 120x40 Enter true filter=fire');
  });

  test('several in one read make one change of the state', async () => {
    const { stdin, store } = mount();
    await settled();
    let changes = 0;
    store.subscribe(() => {
      changes += 1;
    });
    stdin.write('\x1b[B\x1b[B\x1b[B');
    expect(changes).toBe(1);
    expect(store.getState().ui.selected).toBe(store.getState().rows[3]?.key);
  });

  test('a lone ESC is Esc after 30 ms, half a sequence is not', async () => {
    const { stdin, store } = mount();
    await settled();
    stdin.write('?');
    stdin.write('\x1b');
    expect(store.getState().ui.modes).toHaveLength(2);
    vi.advanceTimersByTime(29);
    expect(store.getState().ui.modes).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(store.getState().ui.modes).toHaveLength(1);
    stdin.write('\x1b');
    stdin.write('[');
    vi.advanceTimersByTime(1000);
    stdin.write('B');
    expect(store.getState().ui.selected).toBe(store.getState().rows[1]?.key);
  });

  test('effects leave the store and happen in order', async () => {
    const { stdin, done } = mount();
    await settled();
    stdin.write('\x0c\x1a');
    stdin.write('q');
    expect(done).toEqual(['redraw', 'suspend', 'quit']);
  });

  test('nothing is read after unmounting', async () => {
    const { stdin, unmount, done } = mount();
    await settled();
    stdin.write('\x1b');
    unmount();
    stdin.write('q');
    vi.advanceTimersByTime(100);
    expect(done).toEqual([]);
  });
});

test('a resize reaches the components through the store', async () => {
  const { store, lastFrame } = mount();
  await settled();
  store.setState((state) => resizeTerminal(state, 60, 12), true);
  await settled();
  expect(lastFrame()).toContain('60x12');
});

test('a component is drawn again only when its slice changed', async () => {
  const { store, context } = contextOf();
  let renders = 0;
  const count = () => {
    renders += 1;
  };
  render(
    <AppContextProvider value={context}>
      <Counter count={count} />
    </AppContextProvider>,
  );
  await settled();
  press(context, [{ name: 'down' }, { name: 'space' }]);
  await settled();
  expect(store.getState().ui.tagged.size).toBe(1);
  expect(renders).toBe(1);
  press(context, [{ name: '3' }]);
  await settled();
  expect(renders).toBe(2);
});

test('keys that change nothing do not wake anybody', () => {
  const { store, context } = contextOf();
  let changes = 0;
  store.subscribe(() => {
    changes += 1;
  });
  press(context, [{ name: 'w' }, { name: 'f5' }, { paste: 'q' }]);
  expect(changes).toBe(0);
});
