/** `nix-store --dump-db` and `--gc --print-roots`: the database's rows, and what keeps paths alive. */

export interface Registration {
  readonly path: string;
  /** Bytes; null where the database has none. */
  readonly narSize: number | null;
  readonly deriver: string | null;
  readonly references: readonly string[];
}

export interface RegistrationReader {
  line(text: string): void;
  /** True when the text is not of this format, or ended within a row. */
  readonly broken: boolean;
}

/**
 * A row is (src/libstore/store-api.cc, makeValidityRegistration): path, base 16 hash, NAR size, deriver or
 * an empty line, number of references, and each reference on its line.
 */
export function createRegistrationReader(onRow: (row: Registration) => void): RegistrationReader {
  let position = 0;
  let broken = false;
  let path = '';
  let narSize: number | null = null;
  let deriver: string | null = null;
  let references: string[] = [];
  let missing = 0;

  function finish(): void {
    onRow({ path, narSize, deriver, references });
    position = 0;
  }

  return {
    get broken() {
      return broken || position !== 0;
    },
    line(text) {
      if (broken) return;
      switch (position) {
        case 0:
          if (text === '') return;
          broken = !text.startsWith('/');
          path = text;
          break;
        case 1:
          break;
        case 2:
          broken = !/^\d{1,15}$/.test(text);
          narSize = Number(text) || null;
          break;
        case 3:
          broken = text !== '' && !text.startsWith('/');
          deriver = text === '' ? null : text;
          break;
        case 4:
          broken = !/^\d{1,7}$/.test(text);
          missing = Number(text);
          references = [];
          if (missing === 0) return finish();
          break;
        default:
          broken = !text.startsWith('/');
          references.push(text);
          missing -= 1;
          if (missing === 0) return finish();
      }
      position = Math.min(5, position + 1);
    },
  };
}

export interface GcRoot {
  /** What holds it: a link, `/proc/…`, or `{censored}` for whoever may not know. */
  readonly link: string;
  readonly path: string;
}

/** `/nix/var/nix/profiles/system-12-link -> /nix/store/…-nixos-system-box-24.11`; the link may have ` -> ` in it. */
export function parseGcRoot(line: string): GcRoot | null {
  const arrow = line.lastIndexOf(' -> ');
  if (arrow < 0 || line[arrow + 4] !== '/') return null;
  return { link: line.slice(0, arrow), path: line.slice(arrow + 4) };
}

/** `keep-outputs = false` among the lines of `nix show-config`; null where it is not said. */
export function parseSwitch(config: string, name: string): boolean | null {
  const value = new RegExp(`^${name} = (true|false)$`, 'm').exec(config)?.[1];
  return value === undefined ? null : value === 'true';
}
