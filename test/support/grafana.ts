/** The dashboard of dist/grafana as far as tests look at it. */
import { fileURLToPath } from 'node:url';

export const dashboardFile = fileURLToPath(new URL('../../dist/grafana/nixpulse.json', import.meta.url));

interface Source {
  readonly type: string;
  readonly uid: string;
}

export interface Dashboard {
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description: string;
    readonly datasource: Source;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly fieldConfig: { readonly defaults: { readonly unit: string } };
    readonly targets: readonly {
      readonly expr: string;
      readonly legendFormat: string;
      readonly datasource: Source;
    }[];
  }[];
}

/** As Grafana asks, for all machines. */
export function substituted(expression: string): string {
  return expression.replaceAll('$instance', '.+').replaceAll('$__rate_interval', '30s');
}
