/** The real screen drawn the real way, through keys of rows and the frame writer, for a terminal that takes everything. */
import { render } from 'ink';
import { Screen } from '../../components/app/app.tsx';
import { AppContextProvider, idleContext } from '../../hooks/app-context.ts';
import type { Model } from '../../src/model/model.ts';
import { createDashboardStore, type DashboardStore } from '../../src/state/create.ts';
import type { State, UiState } from '../../src/state/state.ts';
import { createFrameWriter, type FrameWriter } from '../../src/terminal/frame-writer.ts';
import { InkStdout } from '../../src/terminal/ink-stdout.ts';
import { RowKeysContext } from '../../src/terminal/row-keys.ts';

export interface DrawnScreen {
  readonly state: DashboardStore['getState'];
  readonly written: FrameWriter['written'];
  /** Resolves when what changed is drawn. */
  change(change: (state: State) => State): Promise<void>;
  close(): void;
}

export async function drawScreen(
  model: Model,
  options: { readonly columns?: number; readonly rows?: number; readonly ui?: Partial<UiState> } = {},
): Promise<DrawnScreen> {
  const { columns = 120, rows = 40, ui = {} } = options;
  const store = createDashboardStore({ model, terminal: { columns, rows, unicode: true, color: true }, ui });
  const writer = createFrameWriter({ columns, rows, write: (_, done) => done() });
  const stdout = new InkStdout(rows, writer.show);
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const app = render(
    <RowKeysContext value={stdout.rowKeys}>
      <AppContextProvider value={idleContext(store)}>
        <Screen />
      </AppContextProvider>
    </RowKeysContext>,
    {
      stdout: stdout as unknown as NodeJS.WriteStream,
      debug: true,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  await settled();
  return {
    state: store.getState,
    written: writer.written,
    async change(change) {
      store.setState(change, true);
      await settled();
    },
    close: () => app.unmount(),
  };
}
