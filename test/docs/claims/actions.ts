/** What the README says of the keys and commands that change something. */
import type { Claim } from './claim.ts';

export const actionClaims: readonly Claim[] = [
  {
    says: 'Each key but `p` and `r`, which the same key undoes, opens a question',
    shownBy: {
      'commands/act.test.ts': [
        'stops at once, without a question: the same key takes it back',
        'r lowers at once, and puts back where all of it is lowered',
        '%s asks about the selected build, by identity',
        'the client of the selected build, once for several builds of it',
        'verify asks for y; on a Nix that only has the old one it says that it may be used',
        'R opens them; Enter asks boot or switch, and then for the number',
      ],
    },
  },
  {
    says: 'of two lines in the foot of the screen',
    shownBy: {
      'components/act-screen.test.tsx': [
        'the numbers stay: a question takes two rows of the list and nothing else',
      ],
    },
  },
  {
    says: 'with what it will hit and what that costs;',
    shownBy: {
      'format/question.test.ts': [
        'says what, with identity and cost, and what becomes of the run',
        'the others',
      ],
    },
  },
  {
    says: '`y` does it, every other key does not (Enter and Space neither)',
    shownBy: {
      'pty/act.test.ts': ['only y, alone, is yes'],
      'commands/act.test.ts': ['only y is yes'],
    },
  },
  {
    says: 'what deletes or switches generations wants a word or their number typed.',
    shownBy: {
      'commands/act.test.ts': ['what deletes generations wants a word typed'],
      'pty/act.test.ts': ['a rollback wants its number, and Enter takes nothing else'],
    },
  },
  {
    says: "What is asked for is held by its identity (pid and start time, a path, a generation's number)",
    shownBy: {
      'pty/act.test.ts': ['the list is sorted anew under the question, which goes on asking the same'],
      'commands/act.test.ts': [
        '%s asks about the selected build, by identity',
        'R opens them; Enter asks boot or switch, and then for the number',
      ],
    },
  },
  {
    says: 'looked at again at the moment of acting:',
    shownBy: {
      'pty/act.test.ts': ['the build ends between question and y: it is said, and nothing is done'],
      'lab/generations.test.ts': ['what the number names has changed since it was chosen'],
    },
  },
  {
    says: 'a pid that meanwhile belongs to somebody else',
    shownBy: {
      'lab/act.test.ts': ['a reused pid is not signalled'],
      'actions/kill.test.ts': ['a pid that was given to somebody else is not signalled'],
    },
  },
  {
    says: 'anything that is not proven to be part of a Nix build, is not touched.',
    shownBy: {
      'actions/build-processes.test.ts': ['never belongs', 'is refused', 'without build users'],
      'actions/kill.test.ts': ['no signal goes to anything else'],
    },
  },
  {
    says: 'K asks: which build it is, why this one, how many processes, how much memory and work are lost, and whether its siblings go on',
    shownBy: {
      'docs/screenshots.test.ts': ['show what they are of', '$name: is current (npm run screenshots)'],
      'format/question.test.ts': ['says what, with identity and cost, and what becomes of the run'],
    },
  },
  {
    says: 'Kill a build (`k`; `K` the worst)',
    shownBy: {
      'lab/act.test.ts': ['kill, escapee and all; then it builds (sandbox: %s)'],
      'commands/act.test.ts': ['K names the heaviest build with its reason, whatever is selected'],
    },
  },
  {
    says: 'pause (`p`), lower (`r`) or limit it (`L`)',
    shownBy: {
      'lab/act.test.ts': ['a paused build stands still, and succeeds afterwards (sandbox: %s)'],
      'lab/keys-lower.test.ts': [
        'r lowers all of it, r again puts it back, and the journal has both',
        'L asks how much; where nothing can give it, it says what would',
      ],
      'lab/newest/newest.test.ts': ['a build is lowered and limited, and put back'],
    },
  },
  {
    says: 'cancel its client (`c`) or everything (`C`)',
    shownBy: {
      'lab/keys.test.ts': ['c cancels the client of the selected build, and it says that it was interrupted'],
      'lab/act.test.ts': ['everything: three clients, twenty builds, an orphan and a loop'],
    },
  },
  {
    says: 'roll back (`R`), verify the store (`V`), free garbage (`g`).',
    shownBy: {
      'lab/generations.test.ts': ['switch to generation %d', 'boot: what runs stays'],
      'lab/store.test.ts': [
        'flipped, truncated, deleted, deleted with referrers: found, and nothing else',
        'collected while a client builds: its build goes on and keeps what it uses',
      ],
      'pty/keys.test.ts': ['generations', 'verify', 'collect-garbage'],
    },
  },
  {
    says: 'What nixpulse paused or lowered it puts back when it ends (`q` asks first)',
    shownBy: {
      'lab/keys.test.ts': [
        'q with a paused build asks: any other key stays, l leaves it, the next start offers it',
        'y at the end resumes, and quits',
        'the window is closed: what we paused goes on',
      ],
      'lab/keys-lower.test.ts': ['q asks; y puts it back'],
    },
  },
  {
    says: 'after a crash the next one does it, or offers it.',
    shownBy: {
      'lab/keys.test.ts': ['kill -9 of nixpulse: the next start offers to resume, and does'],
      'lab/keys-lower.test.ts': ['a dashboard that is killed: the next one puts it back'],
    },
  },
  {
    says: 'The same without the screen: `nixpulse kill firefox`, with `--dry-run` to see the plan and `--yes` for scripts.',
    shownBy: {
      'lab/keys.test.ts': ['the commands: a plan that changes nothing, a pause, a resume, a kill by PID'],
    },
  },
  {
    says: 'Everything done is kept in the Journal (`7`).',
    shownBy: {
      'lab/keys.test.ts': [
        'k, y: the build is gone, its siblings go on with --keep-going, the journal has it',
      ],
      'perform/journal.test.ts': ['no file is an empty journal; what is appended is there next time'],
      'modes/verb.test.ts': ['with --yes: the outcome on stdout, an entry in the journal'],
    },
  },
];
