/** The rescue screen's state on a made-up machine: root, nothing picked, 80x25. */

import { noPaint, plainPaint } from '../../src/format/paint.ts';
import { rootActor } from '../../src/model/intents/actor.ts';
import type { RescueStyle } from '../../src/modes/rescue/rescue-screen.ts';
import type { RescueState } from '../../src/modes/rescue/rescue-state.ts';
import { busy } from './model-fixture.ts';

export function rescueStateOf(over: Partial<RescueState> = {}): RescueState {
  return {
    model: busy,
    columns: 80,
    rows: 25,
    actor: rootActor,
    readOnly: false,
    picked: null,
    question: null,
    notice: null,
    actions: [],
    latenessMs: 0,
    intervalScale: 1,
    hardening: null,
    explained: false,
    ...over,
  };
}

export const consoleStyle: RescueStyle = { paint: plainPaint, unicode: false, mark: '>' };
export const dumbStyle: RescueStyle = { paint: noPaint, unicode: false, mark: '>' };
