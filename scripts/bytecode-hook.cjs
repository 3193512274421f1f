// Loaded before the bundle in the warm run: at its end, keeps the bytecode of what ran.
const { renameSync, writeFileSync } = require('node:fs');

const file = process.env.NIXPULSE_BYTECODE;
process.once('exit', () => {
  writeFileSync(`${file}.part`, require.cache[process.argv[1]].exports.createCachedData());
  renameSync(`${file}.part`, file);
});
