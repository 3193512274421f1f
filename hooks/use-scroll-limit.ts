/** Scrolling of pages whose length only those know who have put their words into lines. */
import { useLayoutEffect } from 'react';
import { limitScroll } from '../src/state/scrolling.ts';
import { useApp } from './app-context.ts';

/** The first line to draw; the state takes back what goes beyond `last`. */
export function useScrollLimit(scroll: number, last: number): number {
  const { store } = useApp();
  useLayoutEffect(() => {
    if (scroll > last) store.setState((state) => limitScroll(state, last), true);
  }, [store, scroll, last]);
  return Math.min(scroll, last);
}
