// The values of the fields people narrow by, with counts under the filter: include, exclude, only.
//
// A field that the filter already speaks of is counted without its own terms, so that its other
// values can be added.

import { useQueries } from "@tanstack/react-query";
import { memo } from "react";
import { useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import type { Question } from "../../api/events";
import { speaksOf, withoutField } from "../../ask/edit";
import { useT } from "../../i18n/locale";
import { Facet, type FacetData } from "./Facet";
import classes from "./facets.module.css";

const FIELDS = [
  "outcome",
  "service",
  "operation",
  "operator",
  "source_ip",
  "object.type",
  "severity",
  "region",
  "user_type",
];
const VALUES_SHOWN = 6;

export interface FacetPanelProps {
  filter: string;
  question: Question;
  isReady: boolean;
  /** Fields that stand above the others. */
  pinned: string[];
  onPin: (pinned: string[]) => void;
  onFilter: (filter: string) => void;
}

/** Drawn anew only when its question changes, not at every step through the rows. */
export const FacetPanel = memo(function FacetPanel(props: FacetPanelProps) {
  const { filter, question, isReady, pinned, onPin, onFilter } = props;
  const t = useT("log");
  const { words } = useCatalogue();
  const own = FIELDS.filter((field) => speaksOf(filter, field, words));
  const shared = FIELDS.filter((field) => !own.includes(field));
  const asks = [
    { fields: shared, q: filter },
    ...own.map((field) => ({ fields: [field], q: withoutField(filter, field, words) })),
  ].filter((ask) => ask.fields.length > 0);
  const { from, to, tz } = question;
  const answers = useQueries({
    queries: asks.map(({ fields, q }) => ({
      queryKey: ["facets", fields, q, from, to, tz],
      enabled: isReady,
      retry: false,
      placeholderData: (before: Awaited<ReturnType<typeof ask>> | undefined) => before,
      queryFn: ({ signal }: { signal: AbortSignal }) => ask(fields, q, question, signal),
    })),
  });
  const facets = new Map<string, FacetData>();
  for (const { data } of answers) {
    for (const [field, facet] of Object.entries(data?.facets ?? {})) facets.set(field, facet);
  }
  return (
    <aside className={`${classes.panel} no-print`} aria-label={t.facets}>
      {inOrder(pinned).map((field) => (
        <Facet
          key={field}
          field={field}
          isPinned={pinned.includes(field)}
          onPin={() => onPin(withPin(pinned, field))}
          data={facets.get(field)}
          filter={filter}
          question={question}
          onFilter={onFilter}
        />
      ))}
    </aside>
  );
});

/** The pinned fields first, the others as they are. */
function inOrder(pinned: string[]): string[] {
  const known = pinned.filter((field) => FIELDS.includes(field));
  return [...known, ...FIELDS.filter((field) => !known.includes(field))];
}

/** Puts a field behind the pinned ones, or lets it go back to its place. */
function withPin(pinned: string[], field: string): string[] {
  return pinned.includes(field) ? pinned.filter((one) => one !== field) : [...pinned, field];
}

function ask(fields: string[], q: string, { from, to, tz }: Question, signal: AbortSignal) {
  const query = { fields: fields.join(","), top: VALUES_SHOWN, from, to, tz, ...(q ? { q } : {}) };
  return answer(api.GET("/v1/facets", { params: { query }, signal }));
}
