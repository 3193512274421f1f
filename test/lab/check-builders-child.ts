/** One check of builders as a process that a test may kill: its arguments are lines of builders. */
import { checkBuilders } from '../../src/probes/cache-check/builders.ts';
import { contextIn } from './ssh-builders.ts';

const [directory = '', nonce = '', ...lines] = process.argv.slice(2);
const context = contextIn(directory, lines);
await checkBuilders({ deadlineMs: context.ports.clock.monotonic() + 60_000, nonce }, context);
