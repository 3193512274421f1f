/** What Nix says of an expression that means nothing: names, types, recursion, syntax. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, run, seen, where } from './entry.ts';
import { words } from './words.ts';

const readTrace = advise(
  'read the trace from its end upwards (--show-trace for all of it): the first file of your own in it is the place',
);
const configurations = run(
  'list the names that the flake has, and use one of them',
  'nix eval .#nixosConfigurations --apply builtins.attrNames',
);

export const nixEvaluation: readonly KnownMessage[] = [
  {
    id: 'flake-output-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: flake ['"‘](?<flake>[^\n]+?)['"’] does not provide attribute (?:['"‘][^\n'’]+['"’](?:, ['"‘][^\n'’]+['"’])* or )?['"‘](?<attribute>[^\n'’]+)['"’]/,
        `error: flake 'git+file:///mx/w/g' does not provide attribute 'packages.x86_64-linux.nothere', 'legacyPackages.x86_64-linux.nothere' or 'nothere'`,
        'Nix 2.8.0 and 2.34.8, nix build .#nothere',
        { since: '2.4' },
      ),
    ],
    title: 'the flake {flake} has no output {attribute}',
    causes: [
      where(
        { attribute: /nixosConfigurations|homeConfigurations|darwinConfigurations/ },
        because(
          'the name of the machine or user differs from what the flake has',
          'nix flake show',
          configurations,
        ),
      ),
      because(
        'the name is misspelt, or the flake has it only for another system',
        'nix flake show --all-systems',
        advise('use a name that nix flake show lists; for another system add it in the outputs of the flake'),
      ),
      because(
        'the file that defines it is new, and git does not track it yet',
        'git status --short',
        run('let git know of new files (no commit is needed)', 'git add --intent-to-add .'),
      ),
    ],
    guide: 'Configuration Validation Fails',
  },
  {
    id: 'configuration-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: attribute ['"‘](?<attribute>(?:nixos|home|darwin)Configurations(?:\.[^\n]+?)?|colmenaHive(?:\.[^\n]+?)?)['"’] missing/,
        "error: attribute 'nixosConfigurations.test-server' missing",
        'deployment guide, "Configuration Validation Fails"',
      ),
      // What lacks within it is another matter: 'system' in 'web.config.system.build.toplevel'.
      seen(
        /error: attribute ['"‘](?<attribute>(?!(?:config|system|build|toplevel)['"’])[^\n]+?)['"’] in selection path ['"‘](?<path>[^\n]+?\.config\.system\.build\.toplevel)['"’] not found/,
        "error: attribute 'web' in selection path 'web.config.system.build.toplevel' not found",
        "Nix 2.8.0 and 2.34.8, nix-build -A web.config.system.build.toplevel -E '{}'",
      ),
      seen(
        /error: attribute ['"‘](?<attribute>[^\n]+?)['"’] in selection path ['"‘](?<path>(?:nixos|home|darwin)Configurations\.(?:"[^"\n]+"|[^\n.'"’]+))['"’] not found/,
        "error: attribute 'nixosConfigurations' in selection path 'nixosConfigurations.web' not found",
        "Nix 2.8.0 and 2.34.8, nix-build -A nixosConfigurations.web -E '{}'",
      ),
    ],
    title: 'there is no configuration {attribute} where it is looked for',
    causes: [because('the name differs from what the flake or file has', 'nix flake show', configurations)],
    guide: 'Configuration Validation Fails',
  },
  {
    id: 'attribute-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: attribute '<attribute>' missing"),
        "error: attribute 'servces' missing",
        "Nix 2.8.0 and 2.34.8, nix-instantiate --eval -E '{ services = 1; }.servces'",
      ),
      seen(
        words("error: attribute '<attribute>' in selection path '<path>' not found"),
        "error: attribute 'foo' in selection path 'foo' not found",
        "Nix 2.8.0 and 2.34.8, nix-build -A foo -E '{}'",
      ),
    ],
    title: 'there is no attribute {attribute} where it is looked for',
    causes: [
      where(
        { attribute: /^currentSystem$/ },
        because(
          'flakes are evaluated without looking at the machine (pure), so it has no builtins.currentSystem there',
          null,
          advise('name the system: pkgs.stdenv.hostPlatform.system, or an argument'),
          advise('evaluate with --impure', 'the result then depends on the machine'),
        ),
      ),
      because(
        'the package or option was renamed or removed in the nixpkgs that is used, or is misspelt',
        'nix search nixpkgs NAME',
        advise('look at the line that the trace names, and at the release notes of nixpkgs for the name'),
      ),
      because(
        'nixpkgs is older than what the configuration was written for',
        'nix flake metadata',
        run('bring nixpkgs up to date', 'nix flake update nixpkgs', 'other packages change with it'),
      ),
    ],
    guide: 'Configuration Validation Fails',
  },
  {
    id: 'undefined-variable',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: undefined variable '<variable>'"),
        "error: undefined variable 'nope'",
        "Nix 2.8.0 and 2.34.8, nix-instantiate --eval -E '{ x = nope; }'",
      ),
    ],
    title: 'nothing is named {variable} there',
    causes: [
      where(
        { variable: /^(?:pkgs|lib|config|inputs|self|options|modulesPath)$/ },
        because(
          'the module does not take it as an argument',
          null,
          advise('add it to the head of the file: { config, lib, pkgs, ... }:'),
          advise('hand inputs of a flake to modules by specialArgs (or _module.args)'),
        ),
      ),
      because(
        'it is misspelt, lacks "pkgs." or "lib." before it, or its let stands elsewhere',
        null,
        advise('look at the line that the message names; "with pkgs;" reaches only what stands behind it'),
      ),
    ],
  },
  {
    id: 'infinite-recursion',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: infinite recursion encountered'),
        'error: infinite recursion encountered',
        'recorded stream nixinstantiate-recursion of Nix 2.8.0 and 2.34.8',
      ),
    ],
    title: 'a value is needed to find out the same value',
    causes: [
      because(
        'imports of a module depend on config or on an argument that modules set (_module.args)',
        null,
        advise('import always, and decide inside with lib.mkIf; hand what imports needs over by specialArgs'),
      ),
      because(
        'an option, an overlay or a rec set refers to itself: an overlay has to use prev for what it changes',
        null,
        readTrace,
      ),
    ],
  },
  {
    id: 'stack-overflow',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: stack overflow; max-call-depth exceeded'),
        'error: stack overflow; max-call-depth exceeded',
        'Nix 2.34.8, nix-instantiate --eval of a function without end',
        { since: '2.20' },
      ),
      seen(
        words('error: stack overflow (possible infinite recursion)'),
        'error: stack overflow (possible infinite recursion)',
        'Nix 2.8.0, nix-instantiate --eval of a function without end',
      ),
    ],
    title: 'functions call each other without an end',
    causes: [
      because('a function calls itself without a case in which it stops', null, readTrace),
      because(
        'the expression is sound and deep: long lists folded one by one, generated files',
        null,
        run(
          'allow deeper calls, to see whether it ends',
          'nix build --option max-call-depth 100000',
          'it may take all memory',
        ),
      ),
    ],
  },
  {
    id: 'nix-assertion',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: assertion '<condition>' failed"),
        "error: assertion '(1 == 2)' failed",
        "Nix 2.8.0, nix-instantiate --eval -E 'assert 1 == 2; 3'",
        { since: '2.4' },
      ),
      seen(
        words('error: assertion failed at <place:line>'),
        'error: assertion failed at (string):1:1',
        'NixOS/nix tag 2.3, src/libexpr/eval.cc',
        { until: '2.3' },
      ),
      seen(
        /error: (?<condition>[^\n]+ with value '[^\n]+' is not equal to [^\n]+ with value '[^\n]+')/,
        "error: an integer with value '1' is not equal to an integer with value '2'",
        "Nix 2.34.8, nix-instantiate --eval -E 'assert 1 == 2; 3'",
      ),
    ],
    title: 'an assertion of the expression does not hold',
    causes: [
      because(
        'two settings of a package exclude each other, or its version or system is not one that it supports',
        null,
        readTrace,
      ),
    ],
  },
  {
    id: 'syntax-error',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: syntax error, unexpected <found:line>'),
        "error: syntax error, unexpected ';'",
        'recorded stream nixbuild-syntax of Nix 2.8.0 and 2.34.8',
      ),
    ],
    title: 'the file is no Nix: something else was expected before {found}',
    causes: [
      where(
        { found: /end of file/ },
        because(
          'a bracket, a brace, a quotation mark or an "in" is missing: it counts to the end of the file',
          null,
          run('find where the brackets no longer fit', 'nix-instantiate --parse FILE'),
        ),
      ),
      because(
        'a semicolon is missing at the end of the line before, or one stands too many',
        'nix-instantiate --parse FILE',
        advise('look at the line that the message names, and at the one above it'),
      ),
    ],
  },
  {
    id: 'attribute-twice',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: attribute '<attribute>' already defined at <place:line>"),
        "error: attribute 'a' already defined at «string»:1:3",
        'Nix 2.34.8, { a = 1; a = 2; }',
      ),
    ],
    title: '{attribute} is set twice in the same set',
    causes: [
      because(
        'it was pasted twice, or both forms (a.b = …; and a = { … };) are used',
        null,
        advise('keep one of both; the first one stands at {place}'),
      ),
    ],
  },
  {
    id: 'evaluation-aborted',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: evaluation aborted with the following error message: '<said:line>"),
        "error: evaluation aborted with the following error message: 'no'",
        'Nix 2.8.0 and 2.34.8, abort "no"',
      ),
    ],
    title: 'the expression itself gave up: {said}',
    causes: [because('whoever wrote it says why in these words', null, readTrace)],
  },
];
