/** What would keep it from happening again, as snippets, and what helps in the moment: the ways out of what was found. */
import { shellWord } from '../../base/shell-word.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import type { Incident } from '../../model/incident/incident.ts';
import { remediesOf } from '../remedies.ts';
import { block, code, type Page, plain } from './markdown.ts';

const mostRemedies = 8;

export function preventionLines(incident: Incident, page: Page): readonly string[] {
  const ways = remediesIn(incident);
  const lasting = ways.flatMap(({ remedy }) => (remedy.kind === 'nix' ? [remedy] : []));
  const moment = ways.filter(({ remedy }) => remedy.kind !== 'nix');
  const isNixos = /NixOS/i.test(incident.host.system ?? '');
  return [
    ...lasting.flatMap((one, at) => [...(at === 0 ? [] : ['']), ...snippet(one, isNixos, page)]),
    ...(moment.length === 0
      ? []
      : [
          ...(lasting.length === 0 ? [] : ['']),
          'When it happens again:',
          '',
          ...moment.map((way) => momentLine(way, page)),
        ]),
  ];
}

interface Way {
  readonly remedy: Remedy;
  /** Of the build that it is about; null where it is about none, or about one without a name. */
  readonly build: string | null;
}

/** Each once, of the suspects in their order; what is only possible has none to follow. */
function remediesIn({ suspects }: Incident): readonly Way[] {
  const told = new Set<string>();
  const all = suspects.flatMap(({ finding, about }) => {
    const build = finding.subject.kind === 'build' && about !== null && isName.test(about) ? about : null;
    return finding.state === 'possible' ? [] : remediesOf(finding.found).map((remedy) => ({ remedy, build }));
  });
  return all.filter(({ remedy: { title } }) => !told.has(title) && told.add(title)).slice(0, mostRemedies);
}

/** As Nix allows names of store paths. */
const isName = /^[\w.+?=-]+$/;

type Lasting = Extract<Remedy, { readonly kind: 'nix' }>;

function snippet({ title, risk, lines }: Lasting, isNixos: boolean, page: Page): readonly string[] {
  const conf = nixConf(lines);
  return [
    `${plain(title, page)}${riskText(risk, page)}:`,
    '',
    ...block([...(isNixos || conf === null ? [] : ['# NixOS']), ...lines], 'nix', page),
    ...(isNixos || conf === null
      ? []
      : ['', ...block(['# /etc/nix/nix.conf, without NixOS', ...conf], 'ini', page)]),
  ];
}

/** Settings of Nix as nix.conf(5) has them; null where they are of NixOS. */
function nixConf(lines: readonly string[]): readonly string[] | null {
  const settings = lines.map((line) => /^nix\.settings\.([\w-]+) = ("?)([\w.-]+)\2;$/.exec(line));
  if (settings.length === 0 || settings.includes(null)) return null;
  return settings.flatMap((found) => (found === null ? [] : [`${found[1]} = ${found[3]}`]));
}

function momentLine({ remedy, build }: Way, page: Page): string {
  const text = `- ${plain(remedy.title, page)}${riskText(remedy.risk, page)}`;
  if (remedy.kind === 'key') {
    const verb = remedy.verb ?? remedy.command;
    const target = ofMachine.has(verb) ? '' : ` ${build === null ? 'TARGET' : shellWord(build)}`;
    return `${text}: ${code(`nixpulse ${verb}${target}`, page)}`;
  }
  return remedy.kind === 'command'
    ? `${text}: ${code(`${remedy.root ? 'sudo ' : ''}${remedy.command}`, page)}`
    : text;
}

/** Commands that take no target. */
const ofMachine: ReadonlySet<string> = new Set(['verify', 'guard hold']);

function riskText(risk: string | null, page: Page): string {
  return risk === null ? '' : ` (at risk: ${plain(risk, page)})`;
}
