/** The line above the footer on how the program itself does. */
import { lostText } from '../model/past/recorded.ts';
import type { Health } from './state.ts';

export interface Hint {
  readonly text: string;
  readonly level: 'info' | 'warning';
}

/** What is lost first, then what root would add. */
export function hintOf({ recorder, privilegeHint }: Health): Hint | null {
  if (recorder.state === 'stopped') return { text: recorder.reason ?? 'not recording', level: 'warning' };
  if (recorder.behind) {
    const lost = lostText(recorder.dropped, recorder.droppedEvents);
    const text = `the disk does not keep up: ${lost} missing from the recording`;
    return { text, level: 'warning' };
  }
  return privilegeHint === null ? null : { text: privilegeHint, level: 'info' };
}
