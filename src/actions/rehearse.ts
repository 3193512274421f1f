/** The emergency before it comes: what a kill needs is loaded and has run once when the first key is pressed. */
import type { ActionContext, IntentOf } from './action.ts';
import { kill } from './kill.ts';
import { wait } from './wait.ts';

/** Above PID_MAX_LIMIT (4194304): nobody ever has it. */
const nobody = { pid: 4_194_305, startTime: 0 };

/** Called once after the first frame; signals nothing. */
export async function rehearse(context: ActionContext): Promise<void> {
  await context.ports.signals.rehearse();
  const uid = Number(Object.keys(context.readForest()?.buildUsers ?? {})[0] ?? 0);
  const target = { root: nobody, uid, name: null, user: null };
  const intent: IntentOf<'kill'> = { type: 'kill', targets: [target], reason: null };
  const outcome = await kill(intent, { ...context, report: () => {} });
  // A kill looks again after a while.
  await wait(context, 1);
  // As the journal has it: the encoder, and the first time of day (which looks for a time zone), lie on the disk, too.
  JSON.stringify({ time: new Date(0), intent, ...outcome, details: ['–'] });
}
