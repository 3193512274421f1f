/** Runs a program as a probe does, says its pid, and goes on until it is killed. */
import { runProgram } from '../../src/probes/run-program.ts';
import { realProbe } from '../support/probe-context.ts';

await runProgram(realProbe().context, ['sh', '-c', 'echo $$; exec sleep 600'], {
  onLine: (line) => process.stdout.write(`${line}\n`),
});
