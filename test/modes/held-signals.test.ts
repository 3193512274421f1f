import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { holdSignals } from '../../src/modes/watch/held-signals.ts';

test('what came before somebody handles it is handled then, in its order; then at once; then not at all', () => {
  const process = new EventEmitter();
  const held = holdSignals(process as unknown as NodeJS.Process);
  const got: string[] = [];
  process.emit('SIGTERM');
  process.emit('SIGINT');
  const note = (name: string) => () => void got.push(name);
  held.handle({ SIGINT: note('INT'), SIGTERM: note('TERM'), SIGHUP: note('HUP') });
  expect(got).toEqual(['TERM', 'INT']);
  process.emit('SIGHUP');
  expect(got).toEqual(['TERM', 'INT', 'HUP']);
  held.release();
  expect(process.eventNames()).toEqual([]);
});
