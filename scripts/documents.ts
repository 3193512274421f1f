/** What the build draws from the tables of the program: man pages and completions, by folder of dist/ and file. */
import manifest from '../package.json' with { type: 'json' };
import { completionFiles } from './completions/completions.ts';
import { commandPages } from './manual/command-pages.ts';
import { settingsPage } from './manual/settings-page.ts';

/** `dateMs`: when the program was made, Unix ms. */
export function documents(dateMs: number): Readonly<Record<string, ReadonlyMap<string, string>>> {
  const edition = { version: manifest.version, date: new Date(dateMs).toISOString().slice(0, 10) };
  return {
    man: new Map([...commandPages(edition), ['nixpulse.toml.5', settingsPage(edition)]]),
    completions: completionFiles(),
  };
}
