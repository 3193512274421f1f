/** How fast this CPU decrypts, in memory: a disk below LUKS cannot be faster than that. */
import { fail, ok } from '../base/problem.ts';
import { type Cipher, parseCipherBenchmark, parseCryptTable } from '../parse/cipher-benchmark.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

/** What cryptsetup takes unless told otherwise (cryptsetup --help). */
const usual: Cipher = { name: 'aes-xts-plain64', keyBits: 512 };

export const cipherSpeed: Probe<'cipher-speed'> = async (_, context) => {
  const { name, keyBits } = (await cipherInUse(context)) ?? usual;
  const command = ['cryptsetup', 'benchmark', '-c', name, '-s', `${keyBits}`] as const;
  const run = await runProgram(context, command, { from: 'cryptsetup' });
  if (!run.ok) return run;
  const { exitCode, stdout, stderr } = run.value;
  const bytesPerSec = parseCipherBenchmark(stdout);
  if (bytesPerSec !== null) return ok({ bytesPerSec, cipher: name });
  // Without the module algif_skcipher: `Required kernel crypto interface not available.`
  const said = stderr.find((line) => line.trim() !== '') ?? `ended with ${exitCode}`;
  return fail('unsupported', `cryptsetup benchmark -c ${name}`, said);
};

/** Of the first encrypted device; needs root. */
async function cipherInUse(context: ProbeContext): Promise<Cipher | null> {
  const table = await runProgram(context, ['dmsetup', 'table', '--target', 'crypt']);
  return table.ok && table.value.exitCode === 0 ? parseCryptTable(table.value.stdout) : null;
}
