/**
 * A machine log as Nix prints the same for people: activities with `...` behind their text and messages up to a level
 * (SimpleLogger, src/libutil/logging.cc), log lines as `nix build -L` does it, with the build's name before them. What
 * else writes to the stream stays.
 */
import { withoutEscapes } from '../../src/base/text.ts';
import { activity, parseInternalJson, result } from '../../src/parse/internal-json.ts';

export function asPrinted(log: string, verbosity: number): string {
  const names = new Map<string, string>();
  const printed: string[] = [];
  for (const line of log.split('\n')) {
    const event = parseInternalJson(line);
    switch (event.kind) {
      case 'start':
        if (event.type === activity.build) names.set(event.id, nameOf(String(event.fields[0])));
        if (event.text !== '' && (event.level ?? 0) <= verbosity) printed.push(`${event.text}...`);
        break;
      case 'result':
        if (event.type === result.buildLogLine)
          printed.push(`${names.get(event.id)}> ${withoutEscapes(String(event.fields[0]))}`);
        break;
      case 'msg':
        if ((event.level ?? 0) <= verbosity) printed.push(event.text);
        break;
      case 'plain':
        printed.push(event.text);
        break;
    }
  }
  return printed.join('\n');
}

function nameOf(drv: string): string {
  return drv.replace(/^.*\/[0-9a-z]{32}-/, '').replace(/\.drv$/, '');
}
