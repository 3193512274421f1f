/** Command lines: what follows `--password`, `curl -u`, `sshpass -p`, `--argstr`, as one text or word by word. */
import { redacted, type Take } from './kinds.ts';
import { isHarmlessValue, isPath, isSecretVariable, nameKind, secretWords } from './names.ts';

const word = String.raw`"(?:[^"\\]|\\.){0,4096}"?|'[^']{0,4096}'?|[^\s"']{1,4096}`;
const flag = new RegExp(
  String.raw`((?:^|[\s"'])--?[\w-]{0,40}?(?:${secretWords}|pass)[\w-]{0,40})([ \t]+)(?!-)(${word})`,
  'gi',
);
/** Without one of these there is none. */
const hint =
  /pass|secret|token|credential|cookie|bearer|key|psk|--arg|mysql|mariadb|curl|wget|http|xh|git|rclone/i;
/** Names and values of functions' arguments may be anything. */
const nixArgument = new RegExp(
  String.raw`((?:^|[\s"'])--arg(?:str)?[ \t]+[\w.'"-]{1,128}[ \t]+)(${word})`,
  'g',
);
const login =
  /((?:^|[\s"'])(?:-u|--user|-U|--proxy-user|--http-user)(?:[ \t]+|=)?)(["']?[^\s:"']{0,255}:)([^\s"']{1,1024})/g;
const sshpass = /(\bsshpass\s+(?:-\w+\s+)*-p[ \t]*)("[^"]*"?|'[^']*'?|\S{1,1024})/g;
/** openssl: `-passin pass:…`. */
const passArgument = /(\s-pass(?:in|out)?\s+pass:)(\S{1,1024})/g;
/** mysql and its like take it with no blank between. */
const glued =
  /(\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b[^|;&\n]{0,512}?\s-p)([^\s-]\S{0,255})/g;

export function withoutSecretArguments(line: string, take: Take): string {
  if (!line.includes('-')) return line;
  if (!hint.test(line)) return line;
  let text = line
    .replace(flag, (whole, name: string, gap: string, value: string) =>
      keepsFlag(name.trim(), value) ? whole : `${name}${gap}${takeWord(value, take)}`,
    )
    .replace(nixArgument, (whole, begin: string, value: string) =>
      isPlainArgument(begin, value) || isHarmlessValue('', value)
        ? whole
        : `${begin}${takeWord(value, take)}`,
    )
    .replace(sshpass, (_, begin: string, value: string) => `${begin}${takeWord(value, take)}`)
    .replace(passArgument, (_, begin: string, value: string) => `${begin}${takeWord(value, take)}`)
    .replace(glued, (_, begin: string, value: string) => `${begin}${takeWord(value, take)}`);
  if (/\b(?:curl|wget|http|https|xh|git|rclone)\b/.test(text)) {
    text = text.replace(login, (whole, begin: string, who: string, value: string) =>
      value.startsWith(redacted) ? whole : `${begin}${who}${take('argument', value)}`,
    );
  }
  return text;
}

function keepsFlag(name: string, value: string): boolean {
  const kind = /pass$/i.test(name) && nameKind(name) === 'harmless' ? 'secret' : nameKind(name);
  return kind === 'harmless' || (kind === 'place' && isPath(value)) || isHarmlessValue(name, value);
}

/** `--argstr system x86_64-linux`. */
function isPlainArgument(begin: string, value: string): boolean {
  const isPlainName = /\s["']?(?:system|crossSystem|localSystem|configuration|nixpkgs|attr)["']?\s+$/.test(
    begin,
  );
  return value.includes(redacted) || (isPlainName && !/secret|token|pass/i.test(value));
}

function takeWord(value: string, take: Take): string {
  if (value.includes(redacted)) return value;
  const quote = /^["']/.exec(value)?.[0] ?? '';
  const inner = value.replace(/^["']|["']$/g, '');
  return `${quote}${take('argument', inner)}${quote}`;
}

/** What a shell was given without quotes: `password: …`, `token = …`, `"Authorization: Bearer …`. */
function saysNext(before: string, twoBefore: string): boolean {
  if (/^["']?(?:Bearer|Basic)$/.test(before)) return true;
  const [, name = '', sign = ''] = /^["']?([\w.-]*)["']?([:=]?)$/.exec(before) ?? [];
  const said = name === '' ? twoBefore.replace(/["']/g, '') : name;
  return sign !== '' && (nameKind(said) === 'secret' || isSecretVariable(said));
}

const tokens = /^(?:extra-)?access-tokens$/;

/** Word by word, as /proc/<pid>/cmdline has them: a value may have blanks in it. `each`: what else is done with a word. */
export function withoutSecretWords(
  words: readonly string[],
  take: Take,
  each: (text: string) => string,
): readonly string[] {
  const [program = ''] = words;
  const isFetcher = words.some((one) => /(?:^|\/)(?:curl|wget|http|https|xh)$/.test(one));
  const isSshpass = /(?:^|\/)sshpass$/.test(program);
  /** Words behind it that are pairs of host and token. */
  let amongTokens = false;
  return words.map((text, index) => {
    amongTokens = tokens.test(text) || (amongTokens && !text.startsWith('-'));
    if (amongTokens && /^[\w.:-]+=./.test(text) && !text.includes(' '))
      return each(`access-tokens = ${text}`).slice('access-tokens = '.length);
    const before = words[index - 1] ?? '';
    const twoBefore = words[index - 2] ?? '';
    const isValue = text !== '' && !text.includes(redacted);
    if (isValue && index > 0) {
      if (
        before.startsWith('-') &&
        !text.startsWith('-') &&
        !before.includes('=') &&
        !keepsFlag(before, text)
      ) {
        if (nameKind(before) !== 'harmless' || /pass$/i.test(before)) return take('argument', text);
      }
      if (saysNext(before, twoBefore) && !isHarmlessValue('', text)) return take('argument', text);
      if (
        /^--arg(?:str)?$/.test(twoBefore) &&
        !isPlainArgument(`--arg ${before} `, text) &&
        !isHarmlessValue('', text)
      )
        return take('argument', text);
      if (tokens.test(before) && twoBefore === '--option')
        return each(`${before} ${text}`).slice(before.length + 1);
      if (/^--(?:extra-)?access-tokens$/.test(before))
        return each(`access-tokens ${text}`).slice('access-tokens '.length);
      if (isSshpass && before === '-p') return take('argument', text);
      if (isSshpass && /^-p./.test(text)) return `-p${take('argument', text.slice(2))}`;
      const pair = /^([^:\s]*:)(.+)$/s.exec(text);
      if (isFetcher && pair && /^(?:-u|-U|--user|--proxy-user)$/.test(before))
        return `${pair[1]}${take('argument', pair[2])}`;
    }
    return each(text);
  });
}
