/** `name = value`, `name: value`, `"name": "value"`, `NAME=value`, headers, and lines of a netrc. */
import { redacted, type Take } from './kinds.ts';
import { isHarmlessValue, isPath, isSecretVariable, nameKind, saysSecret, secretWords } from './names.ts';

const quoted = String.raw`"(?:[^"\\]|\\.){0,8192}"?|'[^']{0,8192}'?`;
/** A JSON text inside another has its quotes escaped. */
const inJson = String.raw`\\"[^"\\]{0,8192}\\"`;
const assignment = new RegExp(
  String.raw`(${secretWords})([\w.-]{0,64})((?:\\?["'])?[ \t]*(?::=|=>|==|=|:)[ \t]*)(${inJson}|${quoted}|[^\s"']{1,8192})`,
  'gi',
);

/** The value to the end of the line, where the name is the first on it; a password may have blanks in it. */
const wholeLine = new RegExp(
  String.raw`^(\s*(?:export\s+|set\s+)?["']?[\w.-]{0,64}?(?:${secretWords})[\w.-]{0,64}["']?\s*[=:]\s*)([^\s"'[{].*)$`,
  'i',
);

export function withoutSecretSettings(line: string, take: Take): string {
  const named = saysSecret(line) ? withoutAssignments(withoutLine(line, take), take) : line;
  return withoutVariables(named, take);
}

function withoutLine(line: string, take: Take): string {
  return line.replace(wholeLine, (whole, begin: string, value: string) => {
    const name = begin.replace(/[\s"']|export|[=:]\s*$/g, '');
    // Several settings in one line have their own ends.
    const keeps = isHarmlessValue(name, value) || isTaken(name, value) || /\s[\w.-]+\s*=/.test(value);
    if (nameKind(name) !== 'secret' || keeps) return whole;
    return begin + takeValue(value, take);
  });
}

function withoutAssignments(line: string, take: Take): string {
  return line.replace(
    assignment,
    (whole, word: string, rest: string, sign: string, value: string, offset: number) => {
      const before = /[\w.-]*$/.exec(line.slice(Math.max(0, offset - 64), offset))?.[0] ?? '';
      const name = `${before}${word}${rest}`;
      const kind = nameKind(name);
      const keeps =
        kind === 'harmless' ||
        (kind === 'place' && isPath(value)) ||
        isHarmlessValue(name, value) ||
        isTaken(name, value) ||
        isProse(name, sign, value);
      return keeps ? whole : `${word}${rest}${sign}${takeValue(value, take)}`;
    },
  );
}

/** Another rule was here: what stands behind it is no part of the value. */
function isTaken(name: string, value: string): boolean {
  return (
    /^\\?["']?\[redacted\](?:[&#;,"'\\)\]}]|$)/.test(value) ||
    (/access-tokens$/.test(name) && value.includes(redacted))
  );
}

/** `unexpected token: '}'` of a parser; `no such credential: none was given`. */
function isProse(name: string, sign: string, value: string): boolean {
  if (sign !== ': ' || !/^(?:token|secret|credential|cookie)s?$/i.test(name)) return false;
  return value.replace(/["'`]/g, '').length < 4 || /^[a-z]{2,10}[,.;:]?$/.test(value);
}

function takeValue(value: string, take: Take): string {
  const [, open = '', inner = '', close = ''] = /^(\\?["']?)([\s\S]*?)(\\?["']?[,;]?)$/.exec(value) ?? [];
  return `${open}${take('setting', inner)}${close}`;
}

const variable = new RegExp(
  String.raw`(?<![A-Za-z0-9_])([A-Z][A-Z0-9_]{1,63})(=|\\?["']\s*:\s*)(${inJson}|${quoted}|[^\s"']{1,8192})`,
  'g',
);

function withoutVariables(line: string, take: Take): string {
  return line.replace(variable, (whole, name: string, sign: string, value: string) => {
    if (!isSecretVariable(name) || isHarmlessValue(name, value) || isTaken(name, value)) return whole;
    const [, open = '', inner = '', close = ''] = /^(\\?["']?)([\s\S]*?)(\\?["']?)$/.exec(value) ?? [];
    return `${name}${sign}${open}${take('environment', inner)}${close}`;
  });
}

/** Without one of these there is none. */
const headerHint = /authorization|cookie|x-|private-token|job-token|Bearer|Basic|Digest/i;
const header =
  /((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,40}?(?:key|token|auth)[\w-]{0,20}|private-token|job-token)(["']?\s*[:=]\s*["']?)([^"'\r\n]{1,8192})/gi;
const bearer = /(?<![A-Za-z])(Bearer|Basic|Digest)(\s+)([A-Za-z0-9._~+/=-]{8,8192})/g;

export function withoutHeaders(line: string, take: Take): string {
  if (!headerHint.test(line)) return line;
  return line
    .replace(header, (whole, name: string, sign: string, value: string) =>
      value.startsWith(redacted) ? whole : `${name}${sign}${take('header', value.replace(/^\w+\s+/, ''))}`,
    )
    .replace(bearer, (whole, word: string, gap: string, value: string) =>
      /\d|[A-Z].*[a-z]|=/.test(value) ? `${word}${gap}${take('header', value)}` : whole,
    );
}

/** `access-tokens = github.com=… gitlab.com=PAT:…` of nix.conf, however it is said; hosts stay. */
const accessTokens =
  /(access-tokens)(\\?["']?\s*[=:]?\s*\\?["']?)((?:[^\s=;{}"']{1,255}=[^\s"';}\\]{1,4096}[ \t]*){1,64})/gi;
const oneToken = /([^\s=]+)=([^\s]+)/g;

export function withoutAccessTokens(line: string, take: Take): string {
  if (!/access-tokens/i.test(line)) return line;
  return line.replace(
    accessTokens,
    (_, name: string, sign: string, pairs: string) =>
      `${name}${sign}${pairs.replace(oneToken, (whole, host: string, value: string) =>
        value === redacted
          ? whole
          : `${host}=${take('setting', value.replace(/^(?:PAT|OAuth2|Basic):/i, ''))}`,
      )}`,
  );
}

/** netrc(5), in one line or with a word a line: `machine cache.example.org login me password …`. */
const netrc = /(^|[\s"'])(password|account)([ \t]+)(\S{1,1024})/g;

export function withoutNetrc(line: string, take: Take): string {
  if (!/\b(?:machine|login|default)\s/.test(line) && !/^\s*(?:password|account)\s+\S+\s*$/.test(line))
    return line;
  return line.replace(netrc, (whole, begin: string, word: string, gap: string, value: string) =>
    value === redacted ? whole : `${begin}${word}${gap}${take('setting', value)}`,
  );
}
