# a graph whose builds take as long as they say: a chain beside builds that wait for nobody, and one that waits for all
with import ./tools.nix;
let build = pname: secs: deps: mk { inherit pname deps; script = "phase buildPhase; sleep ${secs}"; }; in rec {
  source = build "est-source" "2" [ ];
  library = build "est-library" "4" [ source ];
  program = build "est-program" "3" [ library ];
  docs = build "est-docs" "3" [ source ];
  fonts = build "est-fonts" "2" [ ];
  icons = build "est-icons" "2.5" [ ];
  kernel = build "est-kernel" "5" [ ];
  system = build "est-system" "1" [ program docs fonts icons kernel ];
}
