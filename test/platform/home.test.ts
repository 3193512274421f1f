import { expect, test } from 'vitest';
import { recordingsDirectory, stateDirectory } from '../../src/modes/environment.ts';
import { withHome } from '../../src/platform/home.ts';

test('a service without HOME keeps its state in that of its user', () => {
  const environment = withHome({ TERM: 'linux' }, () => '/root');
  expect(stateDirectory(environment)).toBe('/root/.local/state/nixpulse');
  expect(recordingsDirectory(null, environment, 0)).toBe('/var/lib/nixpulse');
  expect(stateDirectory(withHome({ HOME: '' }, () => '/root'))).toBe('/root/.local/state/nixpulse');
});

test('what is set counts', () => {
  const set = { HOME: '/home/ada' };
  expect(withHome(set, () => '/root')).toBe(set);
});

test('whom passwd does not know', () => {
  const environment = withHome({}, () => {
    throw new Error('ENOENT');
  });
  expect(stateDirectory(environment)).toBe('/.local/state/nixpulse');
});

test('this user', () => {
  expect(withHome({}).HOME).toMatch(/^\//);
});
