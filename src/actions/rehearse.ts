/** The emergency before it comes: what a kill needs is loaded and has run once when the first key is pressed. */
import type { ActionContext } from './action.ts';
import { kill } from './kill.ts';

/** Above PID_MAX_LIMIT (4194304): nobody ever has it. */
const nobody = { pid: 4_194_305, startTime: 0 };

/** Called once after the first frame; signals nothing. */
export async function rehearse(context: ActionContext): Promise<void> {
  await context.ports.signals.rehearse();
  const uid = Number(Object.keys(context.readForest()?.buildUsers ?? {})[0] ?? 0);
  const target = { root: nobody, uid, name: null, user: null };
  await kill({ type: 'kill', targets: [target], reason: null }, { ...context, report: () => {} });
}
