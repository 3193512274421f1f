/** `nixpulse snapshot` and `nixpulse status`: one Model, printed. */
import type { Model } from '../model/model.ts';
import { takeModel } from '../watch/look-twice.ts';
import type { Given } from './mode.ts';
import { followLogs, judgedBy, sourcesOf } from './wiring.ts';

export async function runSnapshotMode(given: Given): Promise<number> {
  const { invocation, ports } = given;
  const { sources, logs, settled } = await sourcesOf(given);
  if (invocation.command === 'snapshot') followLogs(given, logs, false);
  const intervalMs = invocation.interval * 1000;
  const model = await takeModel({
    ...{ sources, clock: ports.clock, intervalMs, settled },
    diagnose: await judgedBy(given),
  });
  await given.write(`${await formatted(model, given)}\n`);
  return 0;
}

/** Only what prints it is loaded. */
async function formatted(model: Model, { invocation, look, process }: Given): Promise<string> {
  if (invocation.command === 'status') {
    const { formatStatus } = await import('../format/status.ts');
    return formatStatus(model, { tmux: invocation.tmux, unicode: look.unicode });
  }
  if (invocation.json) {
    const { formatSnapshotJson } = await import('../format/json.ts');
    return formatSnapshotJson(model).trimEnd();
  }
  const [{ formatSnapshotText }, { colorPaint, noPaint }] = await Promise.all([
    import('../format/snapshot-text.ts'),
    import('../format/paint.ts'),
  ]);
  return formatSnapshotText(model, {
    columns: process.stdout.columns ?? 120,
    color: look.color ? colorPaint(look) : noPaint,
    unicode: look.unicode,
  });
}
