// Loaded before the bundle in the warm run: at its end, keeps the bytecode of what ran.
const { renameSync, writeFileSync } = require('node:fs');

const file = process.env.NIXPULSE_BYTECODE;
process.once('exit', () => {
  const loader = Object.values(require.cache).find(({ filename }) =>
    /(nixpulse|rescue)\.cjs$/.test(filename),
  );
  writeFileSync(`${file}.part`, loader.exports.createCachedData());
  renameSync(`${file}.part`, file);
});
