/** Where the program runs from its sources: `require('blessed')` finds our own. The bundle has it built in. */
import { createRequire } from 'node:module';
import * as own from './blessed.ts';

const require = createRequire(import.meta.url);
const path = require.resolve('blessed');
require.cache[path] ??= Object.assign(Object.create(null), {
  id: path,
  filename: path,
  loaded: true,
  children: [],
  exports: own,
});
