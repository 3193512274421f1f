/** Files with which somebody is known at a server: a bearer token, or `name:password`; the first line of each. */
import { fail, ok, type Result } from '../base/problem.ts';

/** RFC 6750: `b64token`; what else people use stands in one word of ASCII, too. */
const token = /^[\x21-\x7e]{1,16384}$/;

/** The value of a header `Authorization`. */
export function tokenAuthorization(text: string, path: string): Result<string> {
  if (text === '') return fail('malformed', path, empty);
  const line = firstLine(text);
  return token.test(line) ? ok(`Bearer ${line}`) : fail('malformed', path, 'its first line is no token');
}

/** RFC 7617: the name has no colon, the password may have some. `base64`: of UTF-8. */
export function userAuthorization(
  text: string,
  path: string,
  base64: (text: string) => string,
): Result<string> {
  if (text === '') return fail('malformed', path, empty);
  const line = firstLine(text);
  return /^[^:\p{Cc}]+:[^\p{Cc}]+$/u.test(line) && line.length <= 4096
    ? ok(`Basic ${base64(line)}`)
    : fail('malformed', path, 'its first line is not NAME:PASSWORD');
}

/** As `<(pass show token)` of a shell gives it. */
const empty = 'it is empty, or a pipe: a file is wanted, which is read again each time';

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
}
