// Owns the shape of the person table for the query builder. people-migrations.ts makes it.

type PersonTable = {
  id: string;
  name: string;
  /** FHIR date with the precision in which it is known: YYYY, YYYY-MM or YYYY-MM-DD. */
  birth_date: string | null;
  sample: number;
  created_at: string;
};

declare module '../platform/db/db.ts' {
  interface Tables {
    person: PersonTable;
  }
}
