/** Secrets of every kind in every place, generated: the same ones for the same seed. */

export interface Planted {
  /** What must not be there, any of it. */
  readonly secrets: readonly string[];
  readonly text: string;
  /** `netrc`, `url query`: for whoever reads that a test fails. */
  readonly place: string;
  readonly kind: string;
}

export interface Random {
  below(limit: number): number;
  text(length: number, alphabet: string): string;
  pick<T>(list: readonly T[]): T;
}

/** Numerical Recipes' generator: good enough to spread. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return {
    below,
    text: (length, alphabet) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
    pick: (list) => list[below(list.length)] as (typeof list)[number],
  };
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const word = `${lower}${lower.toUpperCase()}${digits}`;
const base64 = `${word}+/`;
const base64url = `${word}-_`;

/** By its form alone: found wherever it stands. */
export const tokenKinds: Readonly<Record<string, (random: Random) => string>> = {
  'GitHub token': (random) => `gh${random.pick(['p', 'o', 's', 'u', 'r'])}_${random.text(36, word)}`,
  'GitHub fine-grained token': (random) => `github_pat_${random.text(22, word)}_${random.text(59, word)}`,
  'GitLab token': (random) => `glpat-${random.text(20, word)}`,
  'Slack token': (random) =>
    `xox${random.pick(['a', 'b', 'p'])}-${random.text(12, digits)}-${random.text(24, word)}`,
  'AWS key id': (random) => `AKIA${random.text(16, `ABCDEFGHIJKLMNOPQRSTUVWXYZ${digits}`)}`,
  JWT: (random) =>
    `eyJ${random.text(17, base64url)}.eyJ${random.text(60, base64url)}.${random.text(43, base64url)}`,
  'Nix secret key': (random) => `${random.text(86, base64)}==`,
  'age key': (random) => `AGE-SECRET-KEY-1${random.text(58, `ABCDEFGHIJKLMNOPQRSTUVWXYZ${digits}`)}`,
  'password hash': (random) => `$6$${random.text(12, word)}$${random.text(86, `./${word}`)}`,
  'npm token': (random) => `npm_${random.text(36, word)}`,
};

/** Nothing but the place says what it is. */
export const plainKinds: Readonly<Record<string, (random: Random) => string>> = {
  password: (random) => `${random.text(1, word)}${random.text(11, `${word}!#%^*_`)}${random.text(3, digits)}`,
  'hex key': (random) => random.text(40, '0123456789abcdef'),
  'base64 key': (random) => `${random.text(43, base64)}=`,
  'long token': (random) => random.text(40, word),
};

const names = [
  'password',
  'DB_PASSWORD',
  'api_key',
  'apiKey',
  'client_secret',
  'GITHUB_TOKEN',
  'CACHIX_SIGNING_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'ATTIC_TOKEN',
  'auth-token',
  'secretKey',
  'RESTIC_PASSWORD',
  'passphrase',
] as const;
const variables = names.filter((name) => /^[A-Z_]+$/.test(name));

type Place = (secret: string, random: Random) => string;

/** A secret in one line, of whatever kind. */
const places: Readonly<Record<string, Place>> = {
  'nix.conf access-tokens': (secret) => `access-tokens = github.com=${secret} example.org=PAT:${secret}`,
  'nix.conf extra': (secret) => `extra-access-tokens = gitlab.com=OAuth2:${secret}`,
  'setting =': (secret, random) => `${random.pick(names)} = ${secret}`,
  'setting :': (secret, random) => `  ${random.pick(names)}: ${secret}`,
  'setting quoted': (secret, random) => `${random.pick(names)} = "${secret}";`,
  'JSON field': (secret, random) => `{"a": 1, "${random.pick(names)}": "${secret}", "b": [2]}`,
  'JSON in a string': (secret, random) => `{"text": "{\\"${random.pick(names)}\\":\\"${secret}\\"}"}`,
  'Nix attribute': (secret) => `    services.x.password = "${secret}";`,
  environment: (secret, random) => `${random.pick(variables)}=${secret}`,
  export: (secret, random) => `export ${random.pick(variables)}='${secret}'`,
  'shell before a command': (secret, random) => `${random.pick(variables)}=${secret} nix build .#x`,
  'argument =': (secret, random) => `deploy --${random.pick(['password', 'token', 'api-key'])}=${secret} box`,
  'argument next': (secret, random) =>
    `deploy --${random.pick(['password', 'auth-token', 'client-secret'])} ${secret} box`,
  'nix --option': (secret) => `nix build --option access-tokens github.com=${secret} .#x`,
  'nix --argstr': (secret) => `nix-build --argstr key ${secret} -A x`,
  'curl -u': (secret) => `curl -sSf -u me:${secret} https://example.org/x`,
  sshpass: (secret) => `sshpass -p ${secret} ssh box`,
  'Authorization header': (secret) => `curl -H "Authorization: Bearer ${secret}" https://example.org`,
  'Private-Token header': (secret) => `> PRIVATE-TOKEN: ${secret}`,
  'netrc line': (secret) => `machine cache.example.org login me password ${secret}`,
  journal: (secret, random) =>
    `2026-11-29T22:10:01.123456+0000 box nix-daemon[812]: warning: ${random.pick(variables)}=${secret} is set`,
  'log of a build': (secret, random) => `x86-hello> + ${random.pick(variables)}=${secret} make check`,
  'kernel command line': (secret) => `quiet rd.luks.password=${secret} root=/dev/vda`,
};

/** Of such as may stand in a URL. */
const urlPlaces: Readonly<Record<string, Place>> = {
  'url login': (secret) => `fetching https://me:${secret}@git.example.org/a/b.git failed`,
  'url login, no name': (secret) => `substituters = https://${secret}@cache.example.org?priority=10`,
  'url query': (secret, random) =>
    `https://example.org/nar/x.nar.xz?${random.pick(['token', 'X-Amz-Signature', 'sig', 'access_token', 'private_token'])}=${secret}&rev=1`,
  's3 store': (secret) => `s3://cache?region=eu-west-1&secret-key=${secret}`,
  'flake input': (secret) => `"url": "git+https://oauth2:${secret}@gitlab.example.org/a/b?ref=main",`,
  'git remote': (secret) => `\turl = https://x-access-token:${secret}@github.com/me/config.git`,
  proxy: (secret) => `https_proxy=http://me:${secret}@proxy.example.org:3128`,
};

/** Secrets that only stand at a place of their own. */
const bareTokens: Place = (secret, random) =>
  random.pick([
    `error: ${secret} was refused`,
    `> ${secret}`,
    `see '${secret}'.`,
    `a=${secret};b`,
    `{"x":"${secret}"}`,
  ]);

export function plantedLines(count: number, seed: number): readonly Planted[] {
  const random = randomOf(seed);
  const tokens = Object.entries(tokenKinds);
  const all = [...tokens, ...Object.entries(plainKinds)];
  const everywhere = Object.entries(places);
  const urls = Object.entries(urlPlaces);
  return Array.from({ length: count }, (_, index): Planted => {
    const turn = index % 10;
    if (turn < 2) {
      const [kind, make] = tokens[index % tokens.length] as (typeof tokens)[number];
      const secret = make(random);
      const isKey = kind === 'Nix secret key';
      return {
        kind,
        place: 'anywhere',
        secrets: [secret],
        text: isKey ? `cache-1:${secret}` : bareTokens(secret, random),
      };
    }
    const isUrl = turn >= 7;
    const [kind, make] = random.pick(all);
    const raw = make(random);
    const secret = isUrl ? raw.replace(/[^A-Za-z0-9._~-]/g, 'x') : raw;
    const list = isUrl ? urls : everywhere;
    const [place, put] = list[index % list.length] as (typeof list)[number];
    return { kind, place, secrets: [secret], text: put(secret, random) };
  });
}

const keyTypes = [
  'RSA PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'PRIVATE KEY',
  'EC PRIVATE KEY',
  'PGP PRIVATE KEY BLOCK',
] as const;

/** A block of many lines: `prefix` of each, as a log or a journal has it. */
export function plantedBlock(random: Random, prefix = ''): Planted {
  const type = random.pick(keyTypes);
  const body = Array.from({ length: 3 + random.below(22) }, () =>
    random.text(type.startsWith('OPENSSH') ? 70 : 64, base64),
  );
  const last = `${random.text(22 + random.below(20), base64)}==`;
  const lines = [`-----BEGIN ${type}-----`, ...body, last, `-----END ${type}-----`];
  return {
    kind: 'private key',
    place: `block, ${prefix === '' ? 'plain' : prefix}`,
    secrets: [...body, last],
    text: lines.map((line) => prefix + line).join('\n'),
  };
}
