// The most frequent values of some fields, for one question.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { components } from "../api/__generated__/schema";
import { answer, api } from "../api/client";
import type { Question } from "../api/events";

export type Facet = components["schemas"]["Facet"];

export function useFacets(question: Question, fields: string[], top: number, every?: number) {
  return useQuery({
    queryKey: ["facets", question, fields, top],
    placeholderData: keepPreviousData,
    refetchInterval: every ?? false,
    queryFn: ({ signal }) =>
      answer(
        api.GET("/v1/facets", {
          params: { query: { ...question, fields: fields.join(","), top } },
          signal,
        }),
      ),
  });
}
