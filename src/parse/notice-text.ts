/** A line of somebody else's log, for people: nothing that a terminal obeys, and not without end. */
import { ownText, withoutCommands } from '../base/text.ts';

const longest = 400;

export function noticeText(line: string, most: number = longest): string {
  return ownText(withoutCommands(line).slice(0, most));
}
