/** The procedures, with what says that one of them fits this machine now. */
import { jsonDocument } from '../../base/json-text.ts';
import { nearestWord } from '../../base/nearest.ts';
import { withoutControls } from '../../base/text.ts';
import { colorPaint, noPaint } from '../../format/paint.ts';
import { type ListedProcedure, procedureList } from '../../format/recover-text.ts';
import { procedureIds } from '../../model/recover/procedure.ts';
import { parseProgress } from '../../parse/recover-file.ts';
import { procedures } from '../../recover/procedures.ts';
import { progressPath } from '../../recover/progress.ts';
import type { RecoverContext } from '../../recover/step.ts';
import type { Given } from '../mode.ts';

export async function listProcedures(context: RecoverContext, given: Given): Promise<number> {
  const { invocation, look, process, write } = given;
  const listed = await Promise.all(
    procedures.map(async (one): Promise<ListedProcedure> => {
      const text = await context.ports.ownFiles.read(progressPath(context.stateDirectory, one.id));
      const left = text.ok ? parseProgress(text.value) : null;
      const done = left?.steps.filter(({ mark }) => mark === 'done').length ?? 0;
      const { id, title, when, steps } = one;
      const underWay = left === null ? null : { done, steps: steps.length };
      return { id, title, when, fits: await one.fits(context), underWay };
    }),
  );
  const style = {
    columns: process.stdout.columns ?? 80,
    unicode: look.unicode,
    color: look.color ? colorPaint(look) : noPaint,
  };
  await write(
    invocation.json
      ? `${jsonDocument({ version: 1, procedures: listed })}\n`
      : `${procedureList(listed, style)}\n`,
  );
  return 0;
}

export function unknownProcedure(word: string): string {
  const said = withoutControls(word);
  const meant = nearestWord(said, procedureIds);
  const hint = meant === null ? `there are: ${procedureIds.join(', ')}` : `did you mean ${meant}?`;
  return `'${said}' is no procedure; ${hint}`;
}
