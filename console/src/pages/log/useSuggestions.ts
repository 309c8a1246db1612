// What the filter bar offers at the caret: fields, values with counts, or what was asked before.
//
// Values are counted by the server under the rest of the filter and the range. Values that have names
// (services, operations, outcomes) are looked for by name too, in the reader's language.

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import type { Question } from "../../api/events";
import { fieldsLike, type Typed } from "../../ask/complete";
import { withoutField } from "../../ask/edit";
import { quoted } from "../../ask/terms";
import { recentFilters } from "./recent";

const TYPING_MS = 120;
const VALUES_MAX = 10;
const NAMED_VALUES_MAX = 200;
const NAMED = new Set([
  "service",
  "operation",
  "outcome",
  "severity",
  "access",
  "user_type",
  "stack_id",
]);

export interface Suggestion {
  key: string;
  /** What is put into the filter; the whole filter if `isWhole`. */
  insert: string;
  label: string;
  /** Beside the label: the field's code, the value's code. */
  note: string;
  count: number | null;
  isWhole: boolean;
}

export interface Suggestions {
  kind: "fields" | "values" | "recent";
  field: string | null;
  list: Suggestion[];
  isLoading: boolean;
}

/** Suggestions for what is typed; nothing is asked while `isOn` is false. */
export function useSuggestions(
  typed: Typed | null,
  draft: string,
  question: Question,
  isOn: boolean,
): Suggestions {
  const catalogue = useCatalogue();
  const field = typed?.kind === "value" ? typed.field : null;
  const isNamed = field !== null && NAMED.has(field);
  const [prefix] = useDebouncedValue(typed?.prefix ?? "", TYPING_MS);
  const rest = field ? withoutField(draft, field, catalogue.words) : "";
  const values = useQuery({
    queryKey: ["complete", field, isNamed ? "" : prefix, question.from, question.to, rest],
    enabled: isOn && field !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }) => {
      const { from, to, tz } = question;
      const limit = isNamed ? NAMED_VALUES_MAX : VALUES_MAX;
      const asked = { field: field ?? "", prefix: isNamed ? "" : prefix, limit, from, to, tz };
      const withRest = { ...asked, ...(rest ? { q: rest } : {}) };
      const ask = (query: typeof withRest) =>
        answer(api.GET("/v1/complete", { params: { query }, signal }));
      // What else is typed may not be a filter yet; then the values are counted without it.
      return ask(withRest).catch(() => ask(asked));
    },
  });

  if (draft.trim() === "") {
    const list = recentFilters().map((filter) => ({
      key: filter,
      insert: filter,
      label: filter,
      note: "",
      count: null,
      isWhole: true,
    }));
    if (list.length > 0) return { kind: "recent", field: null, list, isLoading: false };
  }
  if (!typed || typed.kind === "field") {
    const list = typed
      ? fieldsLike(typed.prefix, catalogue.answer.fields).map((one) => ({
          key: one.name,
          insert: `${one.name}:`,
          label: catalogue.field(one.name),
          note: one.name,
          count: null,
          isWhole: false,
        }))
      : [];
    return { kind: "fields", field: null, list, isLoading: false };
  }
  const wanted = typed.prefix.toLowerCase();
  const list = (values.data?.values ?? [])
    .map(({ value, count }) => {
      const label = catalogue.value(typed.field, value);
      const note = label === value ? "" : value;
      return { key: value, insert: quoted(value), label, note, count, isWhole: false };
    })
    .filter((one) => !isNamed || `${one.label}\n${one.key}`.toLowerCase().includes(wanted))
    .slice(0, VALUES_MAX);
  return { kind: "values", field: typed.field, list, isLoading: values.isPending };
}
