import { expect, test } from 'vitest';
import { loginFor } from '../../src/parse/netrc.ts';

const text = `# machine commented login no password no
machine cache.example login ada password "a \\"b\\" c"
machine
  other.example
  login bob
  password secret
default login anybody password none
`;

test.each([
  ['cache.example', { user: 'ada', password: 'a "b" c' }],
  ['other.example', { user: 'bob', password: 'secret' }],
  ['commented', { user: 'anybody', password: 'none' }],
])('who one is at %s', (host, login) => {
  expect(loginFor(text, host)).toEqual(login);
});

test.each(['', 'machine', 'machine cache.example', 'login x', 'macdef init\ncd /tmp\n', '\0\0"'])(
  'half of one is no login of others: %j',
  (half) => {
    expect(loginFor(half, 'nas')).toBeNull();
  },
);
