/** One store path, read and compared with its hash. */
import { fail, ok } from '../base/problem.ts';
import { lookAtPath } from '../nix-store/verify-path.ts';
import { damageOf } from './damage-of.ts';
import type { Probe } from './probe.ts';
import { lowPriorityOf } from './run-program.ts';

export const verifyPath: Probe<'verify-path'> = async (subject, context) => {
  const { ports, cancelled } = context;
  const path = subject ?? '';
  const low = await lowPriorityOf(ports.spawn);
  const found = await lookAtPath(path, { ports, cancelled, group: true }, low);
  switch (found.state) {
    case 'sound':
      return ok({ damaged: null });
    case 'invalid':
      return fail('gone', path, 'the store does not know it');
    case 'unknown':
      return fail('malformed', path, found.why);
    case 'damaged':
      if (found.finding.kind === 'unreadable')
        return fail('malformed', path, found.finding.text ?? 'unreadable');
      return ok({ damaged: await damageOf(found.finding, 0, context) });
  }
};
