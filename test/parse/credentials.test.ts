import { expect, test } from 'vitest';
import { tokenAuthorization, userAuthorization } from '../../src/parse/credentials.ts';

const headerOf = (result: ReturnType<typeof tokenAuthorization>) =>
  result.ok ? result.value : result.problem.cause;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['abc.DEF-123_~+/=\n', 'Bearer abc.DEF-123_~+/='],
  ['abc\r\nsecond line\n', 'Bearer abc'],
  ['', expect.stringMatching(/^it is empty, or a pipe/)],
  ['\nabc', 'its first line is no token'],
  ['Bearer abc', 'its first line is no token'],
  ['a\u0000b', 'its first line is no token'],
  ['a'.repeat(20_000), 'its first line is no token'],
])('a token %j', (text, value) => {
  expect(headerOf(tokenAuthorization(text, 't'))).toEqual(value);
});

test.each([
  // RFC 7617, 2.
  ['Aladdin:open sesame\n', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
  // RFC 7617, 2.1.
  ['test:123£', 'Basic dGVzdDoxMjPCow=='],
  ['ada:a:b', `Basic ${base64('ada:a:b')}`],
  ['ada', 'its first line is not NAME:PASSWORD'],
  [':secret', 'its first line is not NAME:PASSWORD'],
  ['ada:', 'its first line is not NAME:PASSWORD'],
  ['a\u0007:b', 'its first line is not NAME:PASSWORD'],
  ['', expect.stringMatching(/^it is empty, or a pipe/)],
])('a user %j', (text, value) => {
  expect(headerOf(userAuthorization(text, 'u', base64))).toEqual(value);
});
