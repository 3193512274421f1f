/** The settings of a dashboard: read when its first screens are out, and again by SIGHUP. */

import type { DashboardStore } from '../../state/create.ts';
import { applySettings, type ShownOrder, type ShownSettings } from '../../state/screen-settings.ts';
import { initialUi } from '../../state/ui.ts';
import type { Watcher } from '../../watch/watcher.ts';
import { withNotice } from '../screen-performer.ts';

export interface ScreenSettingsRead {
  /** Null: nothing of them is for this screen. */
  readonly shown: ShownSettings | null;
  /** What is wrong with the files, one line each. */
  readonly complaints: readonly string[];
  /** That they were read again, in one line. */
  readonly told: string;
}

export interface SettingsOnScreenOptions {
  readonly read: () => Promise<ScreenSettingsRead>;
  readonly watcher: Pick<Watcher, 'rescale'>;
  /** Of what is shown: the live dashboard, and the past while one looks at it. */
  readonly stores: () => Iterable<DashboardStore>;
  readonly isOpen: () => boolean;
}

export interface SettingsOnScreen {
  /** Never throws. What is wrong stands above the footer. */
  begin(): Promise<void>;
  /** The same, and says so also where nothing is wrong. */
  again(): Promise<void>;
  /** By the newest reading: above the footer there is room for one. */
  readonly complaints: readonly string[];
}

export function createSettingsOnScreen(options: SettingsOnScreenOptions): SettingsOnScreen {
  const { read, watcher, stores, isOpen } = options;
  let complaints: readonly string[] = [];
  let order: ShownOrder = initialUi;
  let begun = 0;

  /** Null: a later one was asked for meanwhile, or nobody looks any more. */
  async function apply(): Promise<ScreenSettingsRead | null> {
    begun += 1;
    const own = begun;
    const result = await read();
    if (own !== begun) return null;
    complaints = result.complaints;
    if (!isOpen()) return null;
    const { shown } = result;
    if (shown !== null) {
      watcher.rescale(shown.intervalScale);
      const before = order;
      for (const { setState } of stores()) setState((state) => applySettings(state, shown, before), true);
      order = shown;
    }
    const [first, ...more] = complaints;
    if (first !== undefined) say(more.length === 0 ? first : `${first} (and ${more.length} more)`, 'warning');
    return result;
  }

  function say(text: string, level: 'info' | 'warning'): void {
    for (const { setState } of stores()) setState((state) => withNotice(state, { text, level }), true);
  }

  return {
    async begin() {
      await apply();
    },
    async again() {
      const result = await apply();
      if (result?.complaints.length === 0) say(result.told, 'info');
    },
    get complaints() {
      return complaints;
    },
  };
}
