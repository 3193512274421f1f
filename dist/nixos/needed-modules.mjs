/**
 * Leaves in package.json and package-lock.json of this directory what the program is built from: of the optional
 * packages those of esbuild, the pseudo-terminal and koffi for Linux, no Node, no linters. So npm's versions, which differ
 * in which optional packages they install for nothing, all install the same.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const native =
  /^node_modules\/(?:koffi|(?:@esbuild\/|@lydell\/node-pty-|@koromix\/koffi-)linux-(?:x64|arm64))$/;
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const manifest = read('package.json');
const lock = read('package-lock.json');

for (const [path, { optional }] of Object.entries(lock.packages))
  if (optional && !native.test(path)) delete lock.packages[path];
const kept = (name) => `node_modules/${name}` in lock.packages;
for (const one of [manifest, ...Object.values(lock.packages)])
  if (one.optionalDependencies !== undefined)
    one.optionalDependencies = Object.fromEntries(
      Object.entries(one.optionalDependencies).filter(([name]) => kept(name)),
    );

writeFileSync('package.json', JSON.stringify(manifest));
writeFileSync('package-lock.json', JSON.stringify(lock));
