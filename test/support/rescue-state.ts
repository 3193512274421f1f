/** The rescue screen's state on a made-up machine: root, nothing picked, 80x25. */

import { noPaint, plainPaint } from '../../src/format/paint.ts';
import type { Model } from '../../src/model/model.ts';
import type { RescueStyle } from '../../src/modes/rescue/rescue-screen.ts';
import { applyTick } from '../../src/modes/rescue/rescue-state.ts';
import { type InitialState, initialState } from '../../src/state/create.ts';
import type { State } from '../../src/state/state.ts';
import { busy } from './model-fixture.ts';

export interface RescueSetUp extends Partial<Omit<InitialState, 'terminal' | 'model'>> {
  readonly model?: Model;
  readonly columns?: number;
  readonly rows?: number;
}

export function rescueStateOf({ columns = 80, rows = 25, model = busy, ...over }: RescueSetUp = {}): State {
  const terminal = { columns, rows, unicode: false, color: true };
  const state = initialState({ model, terminal, ...over });
  return applyTick(state, model);
}

export const consoleStyle: RescueStyle = { paint: plainPaint, unicode: false, mark: '>' };
export const dumbStyle: RescueStyle = { paint: noPaint, unicode: false, mark: '>' };
