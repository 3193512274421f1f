/** Tables of a store, version 10 (Nix: src/libstore/schema.sql): for a database that cannot even say its own. */

export interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

const table = (name: string, columns: string): SchemaRow => ({
  ...{ type: 'table', name, sql: `CREATE TABLE ${name} (\n    ${columns}\n)` },
});
const index = (name: string, on: string): SchemaRow => ({
  ...{ type: 'index', name, sql: `CREATE INDEX ${name} on ${on}` },
});

export const nixSchema: readonly SchemaRow[] = [
  table(
    'ValidPaths',
    `id               integer primary key autoincrement not null,
    path             text unique not null,
    hash             text not null,
    registrationTime integer not null,
    deriver          text,
    narSize          integer,
    ultimate         integer,
    sigs             text,
    ca               text`,
  ),
  table(
    'Refs',
    `referrer  integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict`,
  ),
  table(
    'DerivationOutputs',
    `drv  integer not null,
    id   text not null,
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade`,
  ),
  index('IndexReferrer', 'Refs(referrer)'),
  index('IndexReference', 'Refs(reference)'),
  index('IndexDerivationOutputs', 'DerivationOutputs(path)'),
  {
    ...{ type: 'trigger', name: 'DeleteSelfRefs' },
    sql: `CREATE TRIGGER DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end`,
  },
];
