/**
 * `npm run screenshots`: pictures of moments of recordings, the same on every machine; needs neither Nix nor
 * root, only rsvg-convert (librsvg2-bin) for the PNGs. A test checks that they are current.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawScene } from './screenshots/draw.ts';
import { scenes } from './screenshots/scenes.ts';
import { smallPng } from './screenshots/small-png.ts';

const folder = new URL('../screenshots/', import.meta.url);
const fileOf = (name: string) => fileURLToPath(new URL(name, folder));

function save(name: string, svg: string): void {
  const file = (ending: string) => fileOf(`${name}.${ending}`);
  writeFileSync(file('svg'), svg);
  const run = spawnSync('rsvg-convert', ['--zoom', '2', file('svg')], { maxBuffer: 1 << 24 });
  if (run.error) throw new Error(`no rsvg-convert (Debian: librsvg2-bin): ${run.error.message}`);
  if (run.status !== 0) throw new Error(`rsvg-convert: ${run.stderr}`);
  writeFileSync(file('png'), smallPng(run.stdout, svg));
  const kB = (ending: string) => `${Math.round(statSync(file(ending)).size / 1000)} kB`;
  console.info(`screenshots/${name}: svg ${kB('svg')}, png ${kB('png')}`);
}

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  // Of a booted machine: npm run vm makes those.
  if (name === 'vm') continue;
  if (!scenes.some((scene) => name.startsWith(`${scene.name}.`))) rmSync(fileOf(name));
}
for (const scene of scenes) save(scene.name, await drawScene(scene));
