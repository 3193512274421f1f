/** Loads the chart widgets when somebody wants to see a chart, once. */
import type { ChartLoader, ChartWidgets } from '../../model/past/chart-widgets.ts';

export function createChartLoader(
  importWidgets: () => Promise<ChartWidgets> = () => import('./widgets.ts'),
): ChartLoader {
  let loaded: ChartWidgets | null = null;
  let loading: Promise<ChartWidgets> | null = null;
  return {
    get loaded() {
      return loaded;
    },
    load() {
      loading ??= importWidgets().then(
        (widgets) => {
          loaded = widgets;
          return widgets;
        },
        (error: unknown) => {
          loading = null;
          throw error;
        },
      );
      return loading;
    },
  };
}
