/**
 * An activity's text, which is also what Nix prints for people, with `...` behind it (SimpleLogger,
 * src/libutil/logging.cc): `building '/nix/store/…-hello.drv' on 'ssh://box'...`.
 */
import type { Activity } from '../model/rebuild/activity.ts';
import { waitOfText } from './wait-words.ts';
import { quoted } from './words.ts';

type Row = readonly [RegExp, (match: RegExpExecArray) => Activity];

const drvQuoted = String.raw`['"‘]([^'"’\n]+\.drv)['"’]`;

const rows: readonly Row[] = [
  [
    new RegExp(`^(?:building|checking outputs of|repairing outputs of) ${drvQuoted}(?: on ${quoted})?`),
    ([, drv = '', host]) => ({ type: 'build', drv, host: hostOf(host) }),
  ],
  [
    new RegExp(`^copying path ${quoted}(?: from ${quoted})?(?: to ${quoted})?$`),
    ([, path = '', from, to]) => ({ type: 'copy', path, from: from ?? null, to: to ?? null }),
  ],
  [/^copying \d+ (?:missing )?paths?\b/, () => ({ type: 'copies' })],
  [new RegExp(`^downloading ${quoted}$`), ([, url = '']) => ({ type: 'download', url })],
  [
    new RegExp(`^querying info about ${quoted} on ${quoted}`),
    ([, path = '', from = '']) => ({ type: 'query', path, from }),
  ],
  [/^running post-build-hook /, () => ({ type: 'hook', drv: null })],
  [/^evaluating (?:derivation )?['"‘](.+)['"’]$/, ([, what = '']) => ({ type: 'evaluate', what })],
  [
    new RegExp(`^(?:copying|hashing) ${quoted}(?: to the store)?$`),
    ([, path = '']) => ({ type: 'copy-source', path }),
  ],
  [new RegExp(`^connecting to ${quoted}`), ([, host = '']) => ({ type: 'connect', host })],
  [new RegExp(`^copying dependencies to ${quoted}`), ([, host = '']) => ({ type: 'send', host })],
  [new RegExp(`^copying outputs from ${quoted}`), ([, host = '']) => ({ type: 'receive', host })],
  [
    new RegExp(`^(?:fetching \\S+ input|unpacking) ${quoted}`),
    ([, input = '']) => ({ type: 'fetch', input }),
  ],
];

/** Null for text that names no activity we know. */
export function activityOfText(text: string): Activity | null {
  const waiting = waitOfText(text);
  if (waiting !== null) return { type: 'wait', for: waiting };
  for (const [pattern, make] of rows) {
    const match = pattern.exec(text);
    if (match !== null) return make(match);
  }
  return null;
}

/** "" and `local`: this machine. */
export function hostOf(machine: string | undefined | null): string | null {
  return machine === undefined || machine === null || machine === '' || machine === 'local' ? null : machine;
}
