// Starts the bundle with the bytecode made of it at build time. V8 checks that it fits this Node and
// these flags, and compiles anew where it does not; the name ties it to this very bundle, and to the
// kind of processor: a package that was built on one is installed on others.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'BUNDLE.js');
let cachedData;
try {
  cachedData = readFileSync(join(__dirname, `BUNDLE-DIGEST-${process.arch}.bytecode`));
} catch {
  // Built without: compiled as it runs.
}
// The bundle is ASCII: as latin1 it is not decoded.
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`;
const script = new Script(source, { filename, cachedData });
// For the warm run, which asks it for its bytecode.
module.exports = script;
const app = { exports: {} };
script.runInThisContext()(app.exports, require, app, filename, __dirname);
