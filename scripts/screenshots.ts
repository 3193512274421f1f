/**
 * `npm run screenshots`: real builds, the program in real terminals beside them, and pictures of what its
 * screens show. Needs what the tests on a real Nix need (root, Debian), and rsvg-convert (librsvg2-bin);
 * `alone.sh` gives it processes and a daemon of its own, and ends all of them with it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pause } from '../test/lab/wait.ts';
import { bringUpLab } from '../test/support/lab.ts';
import { drawPicture } from '../test/support/picture.ts';
import { openPty, type Pty } from '../test/support/pty.ts';
import { startRebuild } from './screenshots/rebuild.ts';
import { type Look, type Scene, scenes } from './screenshots/scenes.ts';
import { smallPng } from './screenshots/small-png.ts';

const folder = new URL('../screenshots/', import.meta.url);
const deadlineMs = 90_000;

/** Frames come twice a second and in one piece: after this long without output the screen holds a whole one. */
async function settle(pty: Pty): Promise<void> {
  for (let before = -1; before !== pty.output().length; ) {
    before = pty.output().length;
    await pause(120);
  }
}

async function show(scene: Scene): Promise<string> {
  using pty = openPty({
    columns: scene.columns,
    rows: scene.rows,
    env: scene.env ?? {},
    args: scene.args ?? [],
    deadlineMs,
  });
  const until = (look: Look, what: string) => pty.waitFor((screen) => look(screen, pty.terminal), what);
  await until(scene.ready, `a screen worth a picture of ${scene.name}`);
  for (const { key, brings } of scene.keys ?? []) {
    pty.press(key);
    await until(brings, `what ${key} does in ${scene.name}`);
  }
  await settle(pty);
  return drawPicture(pty.terminal, { theme: scene.theme, title: scene.title });
}

function save(name: string, svg: string): void {
  const file = (ending: string) => fileURLToPath(new URL(`${name}.${ending}`, folder));
  writeFileSync(file('svg'), svg);
  const run = spawnSync('rsvg-convert', ['--zoom', '2', file('svg')], { maxBuffer: 1 << 24 });
  if (run.error) throw new Error(`no rsvg-convert (Debian: librsvg2-bin): ${run.error.message}`);
  if (run.status !== 0) throw new Error(`rsvg-convert: ${run.stderr}`);
  writeFileSync(file('png'), smallPng(run.stdout));
  const kB = (ending: string) => `${Math.round(statSync(file(ending)).size / 1000)} kB`;
  console.info(`screenshots/${name}: svg ${kB('svg')}, png ${kB('png')}`);
}

const lab = bringUpLab();
if (lab.missing !== null) throw new Error(`no pictures without a real Nix: ${lab.missing}`);
mkdirSync(folder, { recursive: true });
// The screens are open before the builds begin, so that they have seen all of it.
const pictures = Promise.all(scenes.map(async (scene) => [scene.name, await show(scene)] as const));
pictures.catch(() => {});
const rebuild = await startRebuild(lab);
try {
  for (const [name, svg] of await pictures) save(name, svg);
} finally {
  await rebuild.stop();
}
