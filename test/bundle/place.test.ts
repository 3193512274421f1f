import { describe, expect, it } from 'vitest';
import { findPlaces } from '../../src/bundle/place.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { createFakeBundleFiles, played } from '../support/gathered.ts';

const mounts = [
  '22 1 254:0 / / rw - ext4 /dev/vda rw',
  '23 22 0:21 / /run rw - tmpfs tmpfs rw',
  '24 22 0:22 / /dev/shm rw - tmpfs tmpfs rw',
  '25 22 254:1 / /tmp rw - ext4 /dev/vdb rw',
  '',
].join('\n');
const room = (gb: number) => ({
  totalBytes: 100 * 2 ** 30,
  availableBytes: gb * 2 ** 30,
  inodes: 1000,
  freeInodes: 500,
});

function placesOn(set: (given: ReturnType<typeof machine>) => void = () => {}) {
  const given = machine();
  set(given);
  const { ports, bundleFiles } = given;
  return played(
    ports.clock,
    findPlaces({
      ...{ files: ports.files, bundleFiles, clock: ports.clock },
      ...{ directory: '/var/lib/nixpulse/bundles', name: 'x.tar.gz', memory: ['/run', '/tmp', '/dev/shm'] },
    }),
  );
}

function machine() {
  const ports = createFakePorts({ tree: { '/proc/self/mountinfo': mounts } });
  for (const path of ['/run', '/dev/shm', '/tmp', '/var/lib/nixpulse/bundles'])
    ports.files.setSpace(path, room(20));
  return { ports, bundleFiles: createFakeBundleFiles() };
}

describe('where a bundle is written', () => {
  it('is beside the recordings while that disk answers, with memory behind it', async () => {
    const given = machine();
    const found = await placesOn(({ bundleFiles }) => Object.assign(given, { bundleFiles }));
    expect(found).toEqual({
      places: ['/var/lib/nixpulse/bundles', '/run', '/dev/shm'].map((directory) => ({
        path: `${directory}/x.tar.gz`,
        mostBytes: 64 << 20,
      })),
      why: 'the disk of /var/lib/nixpulse/bundles answers',
      inMemory: false,
    });
    expect([...given.bundleFiles.contents.keys()]).toEqual([]);
  });

  it('is in memory when the disk does not answer', async () => {
    const found = await placesOn(({ bundleFiles }) => void bundleFiles.block());
    expect(found).toMatchObject({
      inMemory: true,
      why: 'the disk of /var/lib/nixpulse/bundles did not take 16 kB in 1200 ms',
      places: [{ path: '/run/x.tar.gz' }, { path: '/dev/shm/x.tar.gz' }],
    });
  });

  it('is in memory when the disk is full or not ours, with the reason', async () => {
    const full = await placesOn(({ ports }) =>
      ports.files.setSpace('/var/lib/nixpulse/bundles', room(0.001)),
    );
    expect(full).toMatchObject({ inMemory: true, why: 'the disk of /var/lib/nixpulse/bundles is full' });
    const denied = await placesOn(({ bundleFiles }) => {
      bundleFiles.failure = { kind: 'denied', where: '/var', cause: 'EROFS' };
    });
    expect(denied).toMatchObject({ inMemory: true, why: '/var/lib/nixpulse/bundles: denied, EROFS' });
  });

  it('takes half of what is free at most, and no memory where there is little', async () => {
    const found = await placesOn(({ ports }) => {
      ports.files.setSpace('/run', room(0.005));
      ports.files.setSpace('/var/lib/nixpulse/bundles', room(0.0625));
    });
    expect(found.places).toEqual([
      { path: '/var/lib/nixpulse/bundles/x.tar.gz', mostBytes: 32 << 20 },
      { path: '/dev/shm/x.tar.gz', mostBytes: 64 << 20 },
    ]);
  });
});
