// Before anything else of `rescue` is read: on a machine that hardly answers the rest can take seconds. Only on
// a terminal, through a description of its own that does not block where the terminal does not read.
// Not where words ask for something else, or may be wrong.
if (process.argv.slice(3).every((word) => /^--(?:read-only|ascii|harden=\w+)$/.test(word))) {
  const { closeSync, constants, fstatSync, openSync, writeSync } = require('node:fs');
  try {
    if (fstatSync(1).isCharacterDevice()) {
      const { O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
      const terminal = openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK | O_NOCTTY);
      writeSync(terminal, 'nixpulse rescue: reading the machine ...\r\n');
      closeSync(terminal);
    }
  } catch {
    // No terminal, or one that does not read: the rest says so.
  }
}
