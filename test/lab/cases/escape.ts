/** Processes that leave their build's tree (double fork and setsid) are counted to it all the same. */
import { expect, onTestFinished, test } from 'vitest';
import { type Lab, startBuild } from '../../support/lab.ts';
import { buildsWithNonce, commandLine, processesOfBuild, readProcess } from '../truth.ts';
import { until } from '../wait.ts';
import { buildOf, openWatch, snapshot } from '../watch.ts';

export function escapeCases(lab: Lab): void {
  test.for([true, false])('escapees are counted to their build (sandbox: %s)', async (sandbox) => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startBuild(lab, 'escape', { t: '60' }, { sandbox });
    const truth = await until('the escapees', () => {
      const build = buildsWithNonce(client.nonce)[0];
      if (build === undefined) return null;
      const escaped = processesOfBuild(build).find((one) => commandLine(one.pid).includes('301'));
      return escaped === undefined || !adopted(escaped.ppid, sandbox, build.pid) ? null : { build, escaped };
    });
    const { build, escaped } = truth;
    const shown = await watch.tickUntil('both escapees', (model) => {
      const one = buildOf(model, build.pid);
      return one?.name && one.tree.some((process) => process.pid === escaped.pid) ? one : null;
    });
    expect(shown).toMatchObject({ name: 'escape-1.0', user: build.user, sandboxed: sandbox });
    const inTree = shown.tree.find((process) => process.pid === escaped.pid);
    expect(inTree?.startTime).toBe(escaped.startTime);
    if (!sandbox) {
      expect(inTree?.escapee).toBe(true);
      expect(shown.escapees).toBeGreaterThanOrEqual(2);
    }

    // One of them starts a `sleep 1` again and again: what stands before and after is in, nothing foreign is.
    const before = processesOfBuild(build).map((one) => one.pid);
    const tree = buildOf(watch.tick(), build.pid)?.tree.map((process) => process.pid) ?? [];
    const after = processesOfBuild(build).map((one) => one.pid);
    expect(tree).toEqual(expect.arrayContaining(before.filter((pid) => after.includes(pid))));
    expect(tree.filter((pid) => readProcess(pid) !== null && ![...before, ...after].includes(pid))).toEqual(
      [],
    );
    expect(new Set(tree).size).toBe(tree.length);
  });

  test('a build of which only escapees are left still has its name', async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startBuild(lab, 'escape', { t: '4' }, { sandbox: false });
    const build = await until('the build', () => buildsWithNonce(client.nonce)[0]);
    await watch.tickUntil('its name', (model) => buildOf(model, build.pid)?.name === 'escape-1.0');
    await until('the zombie root', () => readProcess(build.pid)?.state === 'Z');
    const shown = await watch.tickUntil('a zombie with escapees', (model) => {
      const one = buildOf(model, build.pid);
      return one !== undefined && one.states.Z > 0 && one.escapees >= 2 ? one : null;
    });
    expect(shown).toMatchObject({ name: 'escape-1.0', user: build.user });
    // A program started now has no environment of the builder left to read.
    const fresh = buildOf((await snapshot()).model, build.pid);
    expect(fresh).toMatchObject({ name: 'escape-1.0', user: build.user });
    expect(fresh?.escapees).toBeGreaterThanOrEqual(2);
  });
}

/** Orphans fall to pid 1: of the sandbox, which is the builder, or of the machine. */
function adopted(ppid: number, sandbox: boolean, builder: number): boolean {
  return ppid === (sandbox ? builder : 1);
}
