# a graph whose builds take as long as they say: a chain beside builds that wait for nobody, and one that waits for all
with import ./tools.nix;
let build = pname: secs: deps: mk { inherit pname deps; script = "phase buildPhase; sleep ${secs}"; }; in rec {
  source = build "est-source" "1" [ ];
  library = build "est-library" "2.5" [ source ];
  program = build "est-program" "2" [ library ];
  docs = build "est-docs" "2" [ source ];
  fonts = build "est-fonts" "1" [ ];
  icons = build "est-icons" "1.5" [ ];
  kernel = build "est-kernel" "3" [ ];
  system = build "est-system" "0.5" [ program docs fonts icons kernel ];
}
