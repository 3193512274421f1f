/** A program that drops its ambient capabilities, starts another, and prints both sets of capabilities. */
import { readFileSync } from 'node:fs';
import { dropAmbient } from '../../src/platform/ambient.ts';
import { createSpawn } from '../../src/platform/spawn.ts';

const dropped = process.argv.includes('keep') ? null : await dropAmbient();
const ran = await createSpawn().run('cat', ['/proc/self/status']);
const effective = (status: string) => /^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1];
console.log(
  JSON.stringify({
    dropped,
    own: effective(readFileSync('/proc/self/status', 'utf8')),
    child: effective(ran.ok ? ran.value.stdout : ''),
  }),
);
