/** `nixpulse explain`: a log, a paste or standard input in; what it comes from and the way out on stdout. */
import { createReadStream } from 'node:fs';
import { explain } from '../explain/explain.ts';
import { explanationDocument } from '../format/explanation-json.ts';
import { formatExplanation } from '../format/explanation-text.ts';
import { colorPaint, noPaint } from '../format/paint.ts';
import { pastedLines } from '../parse/paste.ts';
import type { Given } from './mode.ts';

/** Of a longer text the end is read, where the error is. */
const mostBytes = 32 << 20;

/** 0: a cause is known; 1: none is; 2: it could not be read. */
export async function runExplainMode(given: Given): Promise<number> {
  const { invocation, complain, look, process, write } = given;
  const { operand, json } = invocation;
  const fromInput = operand === null || operand === '-';
  if (fromInput && process.stdin.isTTY === true) {
    complain('paste the error, then Ctrl-D; or: nixpulse explain FILE, CMD |& nixpulse explain');
  }
  let pasted: { readonly text: string; readonly cut: boolean };
  try {
    pasted = await read(fromInput ? process.stdin : createReadStream(operand));
  } catch (error) {
    complain(`${operand ?? 'standard input'}: ${reasonOf(error)}`);
    return 2;
  }
  const name = fromInput ? 'standard input' : operand;
  const explanation = explain(pastedLines(pasted.text));
  const shown = json
    ? JSON.stringify(explanationDocument(explanation, name), null, 2)
    : formatExplanation(explanation, {
        ...{
          name: pasted.cut ? `the last 32 MB of ${name}` : name,
          columns: process.stdout.columns ?? 100,
          unicode: look.unicode,
        },
        color: look.color ? colorPaint(look) : noPaint,
      });
  await write(`${shown}\n`);
  return explanation.known ? 0 : 1;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<{ text: string; cut: boolean }> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let cut = false;
  for await (const part of stream) {
    parts.push(part);
    bytes += part.length;
    while (bytes - (parts[0]?.length ?? 0) >= mostBytes) {
      bytes -= parts.shift()?.length ?? 0;
      cut = true;
    }
  }
  return { text: Buffer.concat(parts).toString('utf8'), cut };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'not permitted to read it';
  return code === 'EISDIR' ? 'is a directory; name a file' : message;
}
