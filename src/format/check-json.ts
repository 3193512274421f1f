/** What the checks print with `--json`: names are stable, null is unknown. */
import type { CheckItem } from '../model/advice/check.ts';
import { itemRemedies, itemText } from './check-words.ts';
import type { Fields } from './json.ts';

export function checkDocument(items: readonly CheckItem[], command: string, about: string): Fields {
  return {
    version: 1,
    check: command,
    about,
    failed: items.some(({ state }) => state === 'failed'),
    items: items.map((item) => ({
      ...{ id: item.id, subject: item.subject, state: item.state, text: itemText(item), found: item.found },
      remedies: itemRemedies(item),
    })),
  } as unknown as Fields;
}
