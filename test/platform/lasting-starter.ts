/** Starts what is to go on without us, says what it says, and waits: until it is killed. */
import { systemSpawn } from '../../src/platform/spawn.ts';

const [script = ''] = process.argv.slice(2);
const running = systemSpawn.stream('sh', ['-c', script], {
  lasting: true,
  onLine: (line) => console.log(line),
});
const end = await running.done;
console.log(JSON.stringify(end));
