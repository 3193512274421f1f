/** What findings call a build. */
import { expect, test } from 'vitest';
import { nameOfBuild } from '../../src/diagnose/build-name.ts';

test.each([
  [{ name: 'thing-1.0', user: 'nixbld3', pid: 4711 }, 'thing-1.0'],
  [{ name: null, user: 'nixbld3', pid: 4711 }, 'an unnamed build of nixbld3 (pid 4711)'],
  [{ name: null, user: null, pid: 4711 }, 'an unnamed build (pid 4711)'],
])('%o', (build, said) => expect(nameOfBuild(build)).toBe(said));
