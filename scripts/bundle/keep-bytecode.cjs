// Loaded before the bundle in the warm run: at its end keeps the bytecode of what ran.
const { renameSync, writeFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');

const file = process.env.NIXPULSE_BYTECODE;
process.once('exit', () => {
  const loader = Object.values(require.cache).find(({ filename }) =>
    /(nixpulse|rescue|record)\.cjs$/.test(filename),
  );
  // V8 takes it only under the flags that it starts with.
  setFlagsFromString('--no-sparkplug');
  writeFileSync(`${file}.part`, loader.exports.createCachedData());
  renameSync(`${file}.part`, file);
});
