/** A page about what was asked for in the diagnosis, or that it is over. */
import { type ReactElement, useMemo } from 'react';
import { diagnosisMode, lookedAt, shownModel, useSelect } from '../../hooks/use-select.ts';
import { span } from '../../src/format/row.ts';
import { useTheme } from '../theme.ts';
import { WordedPage } from './page.tsx';
import { type Clock, type Head, headOf } from './why-rows.ts';

type LookedIn = Parameters<typeof lookedAt>[0];
type Looked = ReturnType<typeof lookedAt>;

interface About {
  readonly looked: Looked;
  readonly head: Head;
  /** Of this second: what is said of it is said anew once a second. */
  readonly clock: Clock;
}

/** Null: it is over, or nothing was asked for. */
export function useLooked(model: LookedIn & Clock): About | null {
  const monotonicMs = useSelect((state) => Math.floor(shownModel(state).monotonicMs / 1000) * 1000);
  const mode = useSelect(diagnosisMode);
  return useMemo(() => {
    if (mode === null) return null;
    const looked = lookedAt(model, mode.of);
    const clock = { monotonicMs, timeMs: model.timeMs + monotonicMs - model.monotonicMs };
    const head = headOf(looked, clock);
    return head === null ? null : { looked, head, clock };
  }, [mode, model, monotonicMs]);
}

interface Page {
  readonly title: string;
  readonly head: Head | null;
  readonly rows: readonly string[];
}

export function LookedPage({ title, head, rows }: Page): ReactElement | null {
  const mode = useSelect(diagnosisMode);
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  if (mode === null) return null;
  return (
    <WordedPage
      title={title}
      head={head ?? over}
      rows={rows}
      scroll={mode.scroll}
      columns={columns}
      height={bodyRows}
      theme={theme}
    />
  );
}

const over: Head = { marks: [span('over', 'muted')], text: 'This is over; Esc goes back.' };
