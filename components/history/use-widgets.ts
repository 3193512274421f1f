/** The chart widgets, loaded when they are first wanted. */
import { useEffect, useState } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import type { Drawing } from './history-rows.ts';

export function useWidgets(): Drawing {
  const { charts } = useApp();
  const [drawing, setDrawing] = useState<Drawing>(
    () =>
      charts?.loaded ??
      (charts === undefined ? 'charts cannot be drawn here' : 'the charts are being loaded'),
  );
  useEffect(() => {
    if (charts === undefined || charts.loaded !== null) return undefined;
    let wanted = true;
    charts.load().then(
      (widgets) => {
        // A function would be called by React.
        if (wanted) setDrawing(() => widgets);
      },
      (error: unknown) => {
        if (wanted) setDrawing(`the charts could not be loaded (${reason(error)})`);
      },
    );
    return () => {
      wanted = false;
    };
  }, [charts]);
  return drawing;
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}
