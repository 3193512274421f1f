/** What is changed in a bundle after esbuild has written it. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Written again only where it changes. */
export function finish(file) {
  const text = readFileSync(file, 'utf8');
  const finished = escapeNonAscii(importOnce(text, file));
  if (finished !== text) writeFileSync(file, finished);
}

/** What esbuild leaves as it is (regular expressions, templates): the loader reads bytes. */
function escapeNonAscii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * esbuild's `__toESM`: for each file that imports a CommonJS module it makes an object with a getter for each of its
 * names, 6,000 functions. One object for each module is as good: the second argument says whose `default` it has.
 */
function importOnce(text, file) {
  const toEsm = /(?<=[ ,])([\w$]+)=(\((\w),(\w),(\w)\)=>\(\5=\3!=null\?[^;]{0,200}?:\5,\3\)\))(?=[,;])/;
  const parts = toEsm.exec(text);
  if (parts === null) throw new Error(`${file} has no __toESM as it was`);
  const [helper, name, make] = parts;
  const once = `${name}=(a=>{let b=[new Map,new Map];return(e,t)=>{let m=b[t?1:0];return m.get(e)??(m.set(e,t=a(e,t)),t)}})(${make})`;
  return text.replace(helper, () => once);
}
