/**
 * `node program.ts ORDER`: works on the store's database with the SQLite in this Node, in a process of its own that may
 * be ended at any time. Says lines of JSON (model/recover/store-database.ts).
 */
import type { DatabaseLine, DatabaseOrder } from '../../model/recover/store-database.ts';
import { check, copy } from './copy.ts';
import { rebuild } from './rebuild.ts';
import { lost, register } from './register.ts';
import { replace } from './replace.ts';

const everyMs = 250;
let saidMs = 0;

function say(line: DatabaseLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function progress(text: string): void {
  const now = Date.now();
  if (now - saidMs < everyMs) return;
  saidMs = now;
  say({ progress: text });
}

async function carryOut(order: DatabaseOrder): Promise<unknown> {
  switch (order.do) {
    case 'copy':
      return copy(order.from, order.to, progress);
    case 'check':
      return check(order.database, order.most, progress);
    case 'try':
      return rebuild({ ...order, whole: false, progress });
    case 'replace':
      return replace({ ...order, progress });
    case 'lost':
      return lost({ ...order, progress });
    case 'register':
      return register({ ...order, progress });
  }
}

carryOut(JSON.parse(process.argv[2] ?? '')).then(
  (done) => say({ done }),
  (error) => {
    say({ failed: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  },
);
