/** koffi, which is optional. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

export type Koffi = typeof import('koffi');

/**
 * Rejects where it is not installed. Its native part alone, without the JavaScript around it, where that can be had: that
 * asks for every property of node:util, so that Node loads workers, its parser of arguments and whatever else it has
 * there: 34 modules, 2.7 MB.
 */
export async function loadKoffi(): Promise<Koffi> {
  try {
    const { resolve } = createRequire(join(import.meta.dirname, 'koffi'));
    // Where koffi looks for it.
    return createRequire(resolve('koffi'))(`@koromix/koffi-${process.platform}-${process.arch}`);
  } catch {
    return await import('koffi');
  }
}
