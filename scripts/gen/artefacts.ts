// Owns the list of the generated files: each path with the function that makes its text from the source.

import { apiPage } from './api.ts';
import { attacksPage } from './attacks.ts';
import { commandLinePage } from './command-line.ts';
import { configurationPage, environmentExample } from './configuration.ts';
import { conformanceTable } from './conformance.ts';
import { errorsPage } from './errors.ts';
import { faultsPage } from './faults.ts';
import { sbom } from './sbom.ts';

/** Paths from the root. The texts depend on the tree alone: the same tree gives the same bytes. */
export const artefacts: Readonly<Record<string, () => string>> = {
  '.env.example': environmentExample,
  'docs/reference/configuration.gen.md': configurationPage,
  'docs/reference/errors.gen.md': errorsPage,
  'docs/reference/api.gen.md': apiPage,
  'docs/reference/command-line.gen.md': commandLinePage,
  'docs/reference/faults.gen.md': faultsPage,
  'docs/reference/sbom.gen.json': sbom,
  'docs/conformance/smart-app-launch-2.2.gen.csv': conformanceTable,
  'docs/conformance/attacks.gen.md': attacksPage,
};
