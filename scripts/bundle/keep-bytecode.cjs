// Loaded before the bundle in the warm run: at its end, or after a time that is set, keeps the bytecode of what
// ran. What runs later is compiled when the screens are rehearsed: a small file is read and taken in sooner.
const { renameSync, writeFileSync } = require('node:fs');

const file = process.env.NIXPULSE_BYTECODE;
const afterMs = Number(process.env.NIXPULSE_BYTECODE_AFTER_MS);
if (afterMs > 0) setTimeout(keep, afterMs);
else process.once('exit', keep);

function keep() {
  const loader = Object.values(require.cache).find(({ filename }) =>
    /(nixpulse|rescue)\.cjs$/.test(filename),
  );
  writeFileSync(`${file}.part`, loader.exports.createCachedData());
  renameSync(`${file}.part`, file);
}
