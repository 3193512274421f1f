/** A Problem that a recording has. */
import { isFields } from '../base/fields.ts';
import type { Problem } from '../base/problem.ts';
import { object, oneOf, type Reader, text } from '../base/reader.ts';

const head = object<Pick<Problem, 'kind' | 'where'>>({
  kind: oneOf('gone', 'denied', 'malformed', 'timeout', 'exhausted', 'unsupported'),
  where: text,
});

export const readProblem: Reader<Problem> = (value) => {
  const read = head(value);
  const cause = isFields(value) ? text(value['cause']) : undefined;
  return read && (cause === undefined ? read : { ...read, cause });
};
