/** The long run itself: derive and store at every tick, the screen at every `drawEvery`th; memory to stdout. */
import { readFileSync } from 'node:fs';
import { renderToString } from 'ink';
import { Screen } from '../../components/app/app.tsx';
import { type AppContext, AppContextProvider } from '../../hooks/app-context.ts';
import { createHousekeeping } from '../../src/app/housekeeping.ts';
import { createFrameWriter } from '../../src/app/terminal/frame-writer.ts';
import { type Derived, derive } from '../../src/model/derive.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import { nextStrain, noStrain } from '../../src/model/strain.ts';
import { collectHeap } from '../../src/platform/heap.ts';
import { applyModel } from '../../src/store/apply-model.ts';
import { applyStep } from '../../src/store/apply-step.ts';
import { createDashboardStore } from '../../src/store/create.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createSoakMachine } from '../support/soak-machine.ts';

const [ticks = 100_000, drawEvery = 50, tellEvery = 1000] = process.argv.slice(2).map(Number);
const terminal = { columns: 120, rows: 40, unicode: true, color: true };
const store = createDashboardStore({ model: emptyModel, terminal });
const machine = createSoakMachine();
const context: AppContext = {
  store,
  poll: () => () => {},
  quit: () => {},
  perform: () => {},
  cancelRunning: () => {},
  lookForGarbage: () => {},
  replay: null,
  goBack: () => {},
  suspend: () => {},
  redraw: () => {},
};
const writer = createFrameWriter({ ...terminal, write: (_text, done) => done() });
const views = ['overview', 'builds', 'disks', 'history', 'journal'] as const;

function anonymousBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}

async function run(): Promise<void> {
  let derived: Derived | null = null;
  let strain = noStrain;
  const clock = createFakeClock();
  const housekeeping = createHousekeeping(clock, collectHeap);
  for (let tick = 1; tick <= ticks; tick += 1) {
    derived = derive(machine.next(), derived);
    const { model } = derived;
    strain = nextStrain(strain, model, 0);
    store.setState((state) => applyModel(state, model), true);
    clock.advance(1000);
    housekeeping.tick(!strain.thrifty);
    if (tick % drawEvery === 0) {
      const view = views[(tick / drawEvery) % views.length] ?? 'overview';
      store.setState((state) => applyStep(state, { type: 'view', view }), true);
      const frame = renderToString(
        <AppContextProvider value={context}>
          <Screen />
        </AppContextProvider>,
        { columns: terminal.columns },
      );
      writer.show(frame);
      // What React and timers left behind runs between two ticks, as it does in the dashboard.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (tick % tellEvery === 0) console.log(JSON.stringify({ tick, anonymousBytes: anonymousBytes() }));
  }
}

void run();
