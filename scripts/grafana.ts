/** Writes dist/grafana/nixpulse.json from the table of panels (scripts/grafana/rows.ts). */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dashboardText } from './grafana/dashboard.ts';

writeFileSync(fileURLToPath(new URL('../dist/grafana/nixpulse.json', import.meta.url)), dashboardText());
