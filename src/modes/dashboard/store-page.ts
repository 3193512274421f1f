/** What view 5 shows, read when it is opened: profiles, generations, what differs, how the store is. */

import {
  type GenerationList,
  type GenerationsState,
  generationOf,
} from '../../model/nix-store/generations.ts';
import { compareGenerations, readClosureSizes } from '../../nix-store/closures.ts';
import { estimateGarbage } from '../../nix-store/estimate-garbage.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { readLastVerification } from '../../nix-store/last-verification.ts';
import { findProfiles, systemProfile } from '../../nix-store/profiles.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';
import type { DashboardStore } from '../../state/create.ts';
import { applyGenerations, applyProfiles } from '../../state/generation-list.ts';
import { settle } from '../../state/settle.ts';
import type { State } from '../../state/state.ts';

export interface StorePage {
  /** After a rollback, a garbage collection. */
  reload(): void;
  readVerification(): Promise<void>;
  lookForGarbage(): Promise<void>;
  close(): void;
}

/** A selection that only passes by is not worth two processes. */
const compareAfterMs = 300;

export function createStorePage(store: DashboardStore, deps: ActionDeps): StorePage {
  const { ports } = deps;
  const ended = new AbortController();
  let cancelComparison = () => {};
  /** Of the reading that counts: an older one that comes later is dropped. */
  let reading = 0;

  const update = (change: (state: State) => State) =>
    store.setState((state) => settle(change(state), state), true);
  const shown = () => store.getState().ui.view === 'generations';

  async function loadProfiles(): Promise<void> {
    const found = await findProfiles(ports);
    update((state) => applyProfiles(state, found.length === 0 ? [systemProfile] : found));
    await loadGenerations();
  }

  async function loadGenerations(): Promise<void> {
    const state = store.getState();
    const profile = state.profiles[state.ui.profile] ?? systemProfile;
    reading += 1;
    const mine = reading;
    const before = state.generations;
    const same = before?.profile.target.path === profile.target.path;
    if (!same) set({ profile, list: null, sizes: new Map(), comparison: null });
    const list = await readGenerations(ports, profile.target);
    if (mine !== reading) return;
    set({ profile, list, sizes: before !== null && same ? before.sizes : new Map(), comparison: null });
    compareSoon();
    if (list.ok && ports.files.live) await loadSizes(list.value, mine);
  }

  function set(generations: GenerationsState): void {
    update((state) => applyGenerations(state, generations));
  }

  function change(to: Partial<GenerationsState>): void {
    update((state) =>
      state.generations === null ? state : { ...state, generations: { ...state.generations, ...to } },
    );
  }

  async function loadSizes(list: GenerationList, mine: number): Promise<void> {
    const paths = list.generations.flatMap(({ storePath }) => storePath ?? []);
    const sizes = await readClosureSizes(ports, paths);
    if (mine === reading && sizes.ok) change({ sizes: sizes.value });
  }

  function compareSoon(): void {
    cancelComparison();
    if (ports.files.live) cancelComparison = ports.clock.after(compareAfterMs, () => void compare());
  }

  async function compare(): Promise<void> {
    const { generations, ui } = store.getState();
    const list = generations?.list?.ok ? generations.list.value : null;
    if (list === null || list.defaultNumber === null || ui.selectedGeneration === null) return;
    const from = generationOf(list, list.defaultNumber);
    const to = generationOf(list, ui.selectedGeneration);
    if (from === null || to === null || from === to) return;
    const mine = reading;
    const pair = { from: from.number, to: to.number };
    change({ comparison: { ...pair, result: null } });
    const result = await compareGenerations(ports, from, to);
    const now = store.getState().ui.selectedGeneration;
    if (mine === reading && now === to.number) change({ comparison: { ...pair, result } });
  }

  const unsubscribe = store.subscribe((state, before) => {
    const { ui } = state;
    if (ui.view !== 'generations') return;
    if (before.ui.view !== 'generations') {
      void loadProfiles();
      void readVerification();
    } else if (ui.profile !== before.ui.profile && state.profiles === before.profiles) {
      void loadGenerations();
    } else if (ui.selectedGeneration !== before.ui.selectedGeneration) compareSoon();
  });

  async function readVerification(): Promise<void> {
    const last = await readLastVerification(ports, deps.stateDirectory);
    update((state) => ({ ...state, storeCheck: { ...state.storeCheck, last } }));
  }

  return {
    reload() {
      if (shown()) void loadProfiles();
    },
    readVerification,
    async lookForGarbage() {
      if (store.getState().storeCheck.garbage === 'looking') return;
      const setGarbage = (garbage: State['storeCheck']['garbage']) =>
        update((state) => ({ ...state, storeCheck: { ...state.storeCheck, garbage } }));
      setGarbage('looking');
      setGarbage(await estimateGarbage({ ports, cancelled: ended.signal }));
    },
    close() {
      unsubscribe();
      cancelComparison();
      ended.abort();
    },
  };
}
