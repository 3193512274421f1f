/** What Nix says of a value that does not fit where it is used. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, seen, where } from './entry.ts';
import { words } from './words.ts';

const readTrace = advise(
  'read the trace from its end upwards (--show-trace for all of it): the first file of your own in it is the place',
);

export const nixTypes: readonly KnownMessage[] = [
  {
    id: 'cannot-coerce',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: cannot coerce <type> to a string'),
        'error: cannot coerce an integer to a string: 1',
        'Nix 2.34.8 (and 2.8.0, without the value)',
      ),
    ],
    title: '{type} stands where text is needed',
    causes: [
      where(
        { type: /set/ },
        because(
          'a set is put into text: a package without its output path, or an option instead of its value',
          null,
          readTrace,
        ),
      ),
      where(
        { type: /function/ },
        because('a function lacks its argument', null, advise('call it with what it needs, in parentheses')),
      ),
      because(
        'the value has to be made text first',
        null,
        advise('use toString, or builtins.toJSON for sets and lists'),
      ),
    ],
  },
  {
    id: 'wrong-type',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: expected <expected> but found <found:line>'),
        'error: expected a list but found an integer: 3',
        'Nix 2.34.8, builtins.length 3',
        { since: '2.20' },
      ),
      seen(
        words('error: value is <found> while <expected> was expected'),
        'error: value is an integer while a list was expected',
        'Nix 2.8.0, builtins.length 3',
        { until: '2.19' },
      ),
      seen(
        words('error: cannot add <found> to <expected:line>'),
        'error: cannot add a string to an integer',
        'Nix 2.8.0 and 2.34.8, 1 + "a"',
      ),
    ],
    title: 'a value is {found} where {expected} is needed',
    causes: [
      because(
        'a bracket, a semicolon or a pair of parentheses stands in the wrong place: in a list each element is one word',
        null,
        advise('look at the line that the message names; in lists write (f x), not f x'),
      ),
      where({ found: /null/ }, because('something was not found or not set, and is null', null, readTrace)),
    ],
  },
  {
    id: 'not-a-function',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: attempt to call something which is not a function but <found:line>'),
        'error: attempt to call something which is not a function but an integer: 1',
        'Nix 2.34.8 (and 2.8.0, without the value)',
      ),
    ],
    title: 'what is called is no function but {found}',
    causes: [
      because('a semicolon or an operator is missing between two values', null, readTrace),
      where(
        { found: /set/ },
        because(
          'a file that is imported is a set, and is called as if it were a function (or had more arguments)',
          null,
          advise('drop the argument behind import, or make the file a function'),
        ),
      ),
    ],
  },
  {
    id: 'argument-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: function '<called>' called without required argument '<argument>'"),
        "error: function 'anonymous lambda' called without required argument 'a'",
        'Nix 2.34.8, ({a}: a) {}',
      ),
      seen(
        words("error: <called> called without required argument '<argument>'"),
        "error: anonymous function at (string):1:2 called without required argument 'a'",
        'Nix 2.8.0, ({a}: a) {}',
      ),
    ],
    title: 'a function was called without its argument {argument}',
    causes: [
      because(
        'callPackage found nothing of that name in nixpkgs: it was renamed, or the argument is misspelt',
        'nix search nixpkgs {argument}',
        advise(
          'rename the argument of the file, or hand {argument} over in the set behind callPackage ./file.nix',
        ),
      ),
      because(
        'a module takes an argument that nobody hands over (inputs, self)',
        null,
        advise('add it to specialArgs of nixosSystem, or extraSpecialArgs of home-manager'),
      ),
    ],
  },
  {
    id: 'argument-unexpected',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: function '<called>' called with unexpected argument '<argument>'"),
        "error: function 'anonymous lambda' called with unexpected argument 'b'",
        'Nix 2.34.8, ({a}: a) {a=1;b=2;}',
      ),
      seen(
        words("error: <called> called with unexpected argument '<argument>'"),
        "error: anonymous function at (string):1:2 called with unexpected argument 'b'",
        'Nix 2.8.0, ({a}: a) {a=1;b=2;}',
      ),
    ],
    title: 'a function was called with an argument that it does not know: {argument}',
    causes: [
      because(
        'the outputs of a flake take fewer inputs than it has',
        null,
        advise('add ... to their arguments: outputs = { self, nixpkgs, ... }:'),
      ),
      because(
        'a module lacks ... in its head, or a package was changed and no longer has that argument (override)',
        null,
        advise('add ... to the head of the module; look up the arguments that the package has now'),
      ),
    ],
  },
  {
    id: 'empty-list',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: (?:'builtins\.head' called on an empty list|list index (?<index>-?\d+) is out of bounds|'builtins\.elemAt' called with index (?<at>-?\d+))/,
        "error: 'builtins.head' called on an empty list",
        'Nix 2.34.8, builtins.head []',
      ),
    ],
    title: 'a list has fewer elements than are asked for',
    causes: [
      because('something that was looked up was not found, so that the list is empty', null, readTrace),
    ],
  },
];
