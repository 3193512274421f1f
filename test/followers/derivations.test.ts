import { describe, expect, it } from 'vitest';
import { createDerivationReader } from '../../src/followers/derivations.ts';
import { createFakeFiles } from '../support/fake-files.ts';
import { settled } from '../support/fake-ports.ts';

const drv = (name: string) => `/nix/store/${'a'.repeat(32)}-${name}.drv`;
const text = (name: string, ...inputs: readonly string[]) =>
  `Derive([],[${inputs.map((one) => `("${drv(one)}",["out"])`).join(',')}],[],"s","b",[],[("pname","${name}")])`;
const raw = (name: string, ...inputs: readonly string[]) => ({
  drv: drv(name),
  inputs: inputs.map(drv),
  pname: name,
  system: 's',
});

async function takeAll(reader: ReturnType<typeof createDerivationReader>) {
  const first = reader.take();
  await settled();
  return [...first, ...reader.take()];
}

describe('the .drv files of what streams name', () => {
  it('are read once each, with the inputs that are named too', async () => {
    const files = createFakeFiles({ [drv('a')]: text('a', 'b', 'bash'), [drv('b')]: text('b', 'bash') });
    const reader = createDerivationReader(files);
    reader.want([drv('a'), drv('b')]);
    expect(await takeAll(reader)).toEqual([raw('a', 'b'), raw('b')]);
    reader.want([drv('a')]);
    expect(await takeAll(reader)).toEqual([]);
    expect(files.count('readSlow')).toBe(2);
  });

  it('are told again when an input is named later', async () => {
    const files = createFakeFiles({ [drv('a')]: text('a', 'b', 'c'), [drv('b')]: text('b') });
    const reader = createDerivationReader(files);
    reader.want([drv('a')]);
    expect(await takeAll(reader)).toEqual([raw('a')]);
    reader.want([drv('b')]);
    expect(await takeAll(reader)).toEqual([raw('a', 'b'), raw('b')]);
  });

  it('are absent where they cannot be read or are none', async () => {
    const files = createFakeFiles({
      [drv('denied')]: { problem: 'denied' },
      [drv('late')]: { hangs: true },
      [drv('junk')]: 'junk',
      [drv('ok')]: text('ok'),
    });
    const reader = createDerivationReader(files);
    reader.want(['gone', 'denied', 'late', 'junk', 'ok'].map(drv));
    expect(await takeAll(reader)).toEqual([raw('ok')]);
    expect(files.count('readSlow', drv('late'))).toBe(3);
  });

  it('are read so many between two ticks', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `d${i}`);
    const files = createFakeFiles(Object.fromEntries(names.map((name) => [drv(name), text(name)])));
    const reader = createDerivationReader(files);
    reader.want(names.map(drv));
    const counts: number[] = [];
    for (let tick = 0; tick < 4; tick++) {
      counts.push(reader.take().length);
      for (let turn = 0; turn < 3; turn++) await settled();
    }
    expect(counts).toEqual([0, 400, 400, 200]);
  });
});
