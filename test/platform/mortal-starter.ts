/** Starts what is to end with us, says its pid, and waits: until it is killed. */
import { systemSpawn } from '../../src/platform/spawn.ts';

const running = systemSpawn.stream('sleep', ['1000'], {
  mortal: true,
  onStart: (pid) => console.log(`pid ${pid}`),
  onLine: () => {},
});
await running.done;
