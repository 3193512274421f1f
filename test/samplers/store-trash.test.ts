/** The store's trash is looked at while somebody collects garbage, and at no other time. */
import { expect, test } from 'vitest';
import type { Member } from '../../src/samplers/member.ts';
import { createSlowQueue } from '../../src/samplers/slow-queue.ts';
import { createStoreTrash } from '../../src/samplers/store-trash.ts';
import { createFakeFiles } from '../support/fake-files.ts';

const member = (comm: string, argv: readonly string[]) =>
  ({ stat: { comm }, facts: { argv } }) as unknown as Member;
const of = (...members: readonly Member[]) => new Map(members.map((one, pid) => [pid, one]));
const nobody = of(member('nix-daemon', ['nix-daemon']), member('nix-store', ['nix-store', '-r', 'x']));

function looked(answer: 'gone' | { readonly bornMs: number }) {
  const asked: string[] = [];
  const files = {
    ...createFakeFiles({}),
    ownerSlow: async (path: string) => {
      asked.push(path);
      return answer === 'gone'
        ? ({ ok: false, problem: { kind: 'gone', where: path } } as const)
        : ({ ok: true, value: { ...answer } } as never);
    },
  };
  const queue = createSlowQueue();
  return { asked, queue, trash: createStoreTrash(files, queue) };
}

test.each([
  ['nix-store --gc', member('nix-store', ['nix-store', '--gc'])],
  ['nix store gc', member('nix', ['nix', 'store', 'gc'])],
  ['nix-collect-garbage', member('nix-collect-gar', ['nix-collect-garbage', '-d'])],
])('%s: once in five seconds', async (_, collector) => {
  const { asked, queue, trash } = looked({ bornMs: 77 });
  for (let ms = 0; ms < 10_000; ms += 1000) {
    trash.update(of(collector), ms);
    await queue.idle();
  }
  expect(asked).toEqual(['/nix/store/trash', '/nix/store/trash']);
  expect(trash.found).toEqual({ bornMs: 77 });
  trash.update(nobody, 20_000);
  expect(trash.found).toBeUndefined();
});

test('nobody collects: nothing is read', async () => {
  const { asked, queue, trash } = looked('gone');
  trash.update(nobody, 0);
  await queue.idle();
  expect(asked).toEqual([]);
});

test('it is not there, or says no birth', async () => {
  const gone = looked('gone');
  const collector = of(member('nix-store', ['nix-store', '--gc']));
  gone.trash.update(collector, 0);
  await gone.queue.idle();
  expect(gone.trash.found).toBeNull();
  const born = looked({ bornMs: 0 });
  born.trash.update(collector, 0);
  await born.queue.idle();
  expect(born.trash.found).toEqual({ bornMs: null });
});
