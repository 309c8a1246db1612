// The state of the approvals page and of one dossier as their addresses write it.

import { type PageSearch, reader } from "../../entity/search";

export interface ApprovalsSearch {
  /** A filter of the events that began the cases. */
  q?: string;
  range?: string;
  /** How they stand; absent for all. */
  state?: string;
  /** What was found in them, `any` for anything; absent for all. */
  finding?: string;
}

export const APPROVALS_RANGE_DEFAULT = "30d";

export const readApprovalsSearch: (search: Record<string, unknown>) => ApprovalsSearch = reader([
  "q",
  "range",
  "state",
  "finding",
]);

export interface DossierSearch extends PageSearch {
  /** The deployment that the approval belongs to. */
  stack?: string;
}

export const readDossierSearch: (search: Record<string, unknown>) => DossierSearch = reader([
  "stack",
  "event",
  "tab",
]);
