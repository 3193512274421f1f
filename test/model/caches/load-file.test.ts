import { expect, test } from 'vitest';
import { isLoadOf, loadFileOf } from '../../../src/model/caches/load-file.ts';

const names = [
  'main-lock',
  'ssh-ng:__box-0',
  'ssh-ng:__box-12',
  'ssh-ng:__box.upload-lock',
  'ssh-ng:__box?compress=true-1',
  'ssh-ng:__box?remote-store=_var_lib.upload-lock',
  'ssh-ng:__box-1-0',
  'ssh-ng:__box-1.upload-lock',
  'ssh-ng:__boxes-0',
  'ssh:__box-0',
];
const filesOf = (address: string, others: readonly string[] = []) =>
  names.filter((name) => {
    const file = loadFileOf(name);
    return file !== null && isLoadOf(file, address, [address, ...others]);
  });

test('files of a builder, and not those of another whose name begins like it', () => {
  expect(filesOf('ssh-ng://box?compress=true')).toEqual(names.slice(1, 6));
  expect(filesOf('ssh-ng://box-1')).toEqual(names.slice(6, 8));
  // Two lines of one address are one builder.
  expect(filesOf('ssh-ng://box', ['ssh-ng://box', 'ssh-ng://boxes'])).toEqual(names.slice(1, 6));
});

test('two stores of one machine: by the whole of their addresses', () => {
  const [compressed, other] = ['ssh-ng://box?compress=true', 'ssh-ng://box?remote-store=/var/lib'] as const;
  expect(filesOf(compressed, [other])).toEqual(['ssh-ng:__box?compress=true-1']);
  expect(filesOf(other, [compressed])).toEqual(['ssh-ng:__box?remote-store=_var_lib.upload-lock']);
});

test('slots and uploads; what is neither is of nobody', () => {
  expect(loadFileOf('ssh:__a-3')).toEqual({ whose: 'ssh:__a', use: 'slot' });
  expect(loadFileOf('ssh:__a.upload-lock')).toEqual({ whose: 'ssh:__a', use: 'upload' });
  for (const name of ['main-lock', '', '-1', '.upload-lock', 'ssh:__a']) expect(loadFileOf(name)).toBeNull();
});
