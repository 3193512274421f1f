/** `node --import ./scripts/tsx-hook.mjs`: Node strips types by itself, but knows no JSX. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.tsx')) return nextLoad(url, context);
    const sourcefile = fileURLToPath(url);
    const options = { loader: 'tsx', format: 'esm', jsx: 'automatic', sourcefile };
    const { code } = transformSync(readFileSync(sourcefile, 'utf8'), options);
    return { format: 'module', source: code, shortCircuit: true };
  },
});
