/** Which screens become pictures, at which size, and when they show what they are to show. */
import type headless from '@xterm/headless';
import type { PictureTheme } from '../../test/support/picture-cells.ts';
import { consoleTheme, windowTheme } from './themes.ts';

export interface Scene {
  /** File name in screenshots/. */
  readonly name: string;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly theme: PictureTheme;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** The numbers are there, and as old as a look at them needs. */
  readonly ready: Look;
  readonly keys?: readonly { readonly key: string; readonly brings: Look }[];
}

export type Look = (screen: readonly string[], terminal: headless.Terminal) => boolean;

const shows =
  (...patterns: readonly RegExp[]): Look =>
  (screen) =>
    patterns.every((pattern) => screen.some((line) => pattern.test(line)));

/** The selected row is drawn reversed. */
const selects =
  (pattern: RegExp): Look =>
  (screen, terminal) => {
    const row = screen.findIndex((line) => pattern.test(line));
    const { active } = terminal.buffer;
    return Boolean(
      active
        .getLine(active.baseY + row)
        ?.getCell(2)
        ?.isInverse(),
    );
  };

/** Most of a minute: histories have a shape, growth is known. */
const old = /chromium-129.* (?:0:[45]\d|[1-9]:\d\d) /;
const grows = /chromium-129.*\+\d+M/;
const waits = /waits for firefox-130/;
const sevenBuilds = /BUILDS 7 running [·-] 1 waiting/;
const ended = /ended openssl/;
const linux = /linux-6/;
/** Its row in the list, not the client that waits for it. */
const firefox = /^[▸▾+-] firefox-130/;

export const scenes: readonly Scene[] = [
  {
    name: 'overview',
    title: 'nixpulse',
    columns: 120,
    rows: 40,
    theme: windowTheme,
    ready: shows(old, grows, waits, sevenBuilds, ended, /cc1plus ×3 /),
    keys: [
      { key: '/', brings: shows(/^ search:/) },
      { key: 'firefox', brings: selects(firefox) },
      { key: '<enter>', brings: shows(/k Kill/) },
      { key: '+', brings: shows(/[├└] cc1plus \d+/) },
    ],
  },
  {
    name: 'builds',
    title: 'nixpulse: the tree of builds',
    columns: 120,
    rows: 28,
    theme: windowTheme,
    ready: shows(old, grows, sevenBuilds),
    keys: [
      { key: '2', brings: shows(/\[2 Builds\]/) },
      { key: '/', brings: shows(/^ search:/) },
      { key: 'linux', brings: selects(linux) },
      { key: '<enter>', brings: shows(/k Kill/) },
      { key: '+', brings: shows(/[├└] cc1 \d+/) },
    ],
  },
  {
    name: 'details',
    title: 'nixpulse: details of one build',
    columns: 120,
    rows: 24,
    theme: windowTheme,
    ready: shows(old, grows, sevenBuilds),
    keys: [
      { key: '/', brings: shows(/^ search:/) },
      { key: 'firefox', brings: selects(firefox) },
      { key: '<enter>', brings: shows(/k Kill/) },
      { key: '<enter>', brings: shows(/derivation .*firefox/, /cc1plus/) },
    ],
  },
  {
    name: 'pane',
    title: 'nixpulse in a pane of 60 x 15',
    columns: 60,
    rows: 15,
    theme: windowTheme,
    ready: shows(old, sevenBuilds),
  },
  {
    name: 'console',
    title: 'nixpulse on the console (TERM=linux)',
    columns: 80,
    rows: 25,
    theme: consoleTheme,
    env: { TERM: 'linux' },
    ready: shows(old, grows, sevenBuilds),
  },
];
