/** The dashboard: polls its sources, reads keys, and draws the view that is open. */
import { Box } from 'ink';
import { type ReactElement, useContext } from 'react';
import { useKeys } from '../../hooks/use-keys.ts';
import { hintOf, useSelect } from '../../hooks/use-select.ts';
import {
  useBuildTree,
  useCaches,
  useGuards,
  useHealth,
  useIostat,
  useLogs,
  usePressure,
  useProbes,
  useResidentMemory,
} from '../../hooks/use-sources.ts';
import { composeRow, span } from '../../src/format/row.ts';
import type { ViewId } from '../../src/model/ui/views.ts';
import type { State } from '../../src/state/state.ts';
import { RowKeysContext } from '../../src/terminal/row-keys.ts';
import { BuildTable } from '../build-table/build-table.tsx';
import { Caches } from '../caches/caches.tsx';
import { Peer } from '../caches/peer.tsx';
import { Clients } from '../clients/clients.tsx';
import { Details } from '../details/details.tsx';
import { Diagnosis } from '../diagnosis/diagnosis.tsx';
import { Disks } from '../disks/disks.tsx';
import { FindingLine } from '../finding/finding.tsx';
import { Footer } from '../footer/footer.tsx';
import { Guard } from '../guard/guard.tsx';
import { Help } from '../help/help.tsx';
import { HistoryView } from '../history/history.tsx';
import { Journal } from '../journal/journal.tsx';
import { Line } from '../line/line.tsx';
import { Log } from '../log/log.tsx';
import { Pressure } from '../pressure/pressure.tsx';
import { Prompt } from '../prompt/prompt.tsx';
import { Running } from '../running/running.tsx';
import { StorePage } from '../store-page/store-page.tsx';
import { useTheme } from '../theme.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { Title } from '../title/title.tsx';
import { Remedies } from '../why/remedies.tsx';
import { Why } from '../why/why.tsx';

export function App(): ReactElement {
  usePressure();
  useResidentMemory();
  useIostat();
  useBuildTree();
  useLogs();
  useHealth();
  useGuards();
  useProbes();
  useCaches();
  useKeys();
  return <Screen />;
}

/** What is short, who takes it, since when. */
function Overview(): ReactElement {
  return (
    <>
      <Pressure />
      <Clients />
      <FindingLine />
      <BuildTable more={false} />
    </>
  );
}

/** Builds and their processes with all columns, clients with their workers below. */
function Builds(): ReactElement {
  return (
    <>
      <Pressure />
      <BuildTable more />
    </>
  );
}

const pages = ['help', 'details', 'log', 'why', 'remedies', 'guard', 'peer'] as const;
type Page = (typeof pages)[number];

const bodies: Readonly<Record<ViewId | Page, () => ReactElement>> = {
  overview: Overview,
  builds: Builds,
  disks: Disks,
  history: () => <HistoryView />,
  generations: () => <StorePage />,
  diagnosis: () => <Diagnosis />,
  journal: () => <Journal />,
  caches: () => <Caches />,
  why: () => <Why />,
  remedies: () => <Remedies />,
  guard: () => <Guard />,
  peer: () => <Peer />,
  help: () => <Help />,
  details: () => <Details />,
  log: () => <Log />,
};

/** A page stays where it is below a question. */
function openPage({ ui }: State): Page | null {
  for (let index = ui.modes.length - 1; index > 0; index -= 1) {
    const page = pages.find((one) => one === ui.modes[index]?.kind);
    if (page !== undefined) return page;
  }
  return null;
}

/** What is drawn, without sources and keys. */
export function Screen(): ReactElement {
  const layout = useSelect((state) => state.layout);
  const page = useSelect(openPage);
  const view = useSelect((state) => state.ui.view);
  const hint = useSelect((state) => hintOf(state.health)?.text ?? null);
  const hintTone = useSelect((state) => (hintOf(state.health)?.level === 'warning' ? 'warning' : 'muted'));
  const theme = useTheme();
  const keyed = useContext(RowKeysContext) !== null;
  const { columns, rows } = layout;
  if (layout.tooSmall) {
    const text = `nixpulse needs 40x8, this is ${columns}x${rows}`;
    return <Line text={composeRow([span(text, 'warning')], columns, theme)} />;
  }
  const Body = bodies[page ?? view];
  return (
    <Box flexDirection="column" {...(!keyed && { width: columns, height: rows })}>
      {layout.titleRows > 0 && <Title />}
      <Body />
      {page === null && layout.hintRows > 0 && hint !== null && (
        <Line text={composeRow([span(` ${hint}`, hintTone)], columns, theme)} />
      )}
      <Running />
      <Timeline />
      <Prompt />
      <Footer />
    </Box>
  );
}
