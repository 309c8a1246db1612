// Approvals as the server tells them: cases page by page, and one in full.

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { components } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { ApiError } from "../../api/error";
import type { Question } from "../../api/events";

type Schemas = components["schemas"];
export type Approval = Schemas["Approval"];
export type Decision = Schemas["ApprovalDecision"];
export type Check = Schemas["ApprovalCheck"];
export type Person = Schemas["Person"];

const PAGE_CASES = 100;

export interface Wanted {
  state?: string | undefined;
  finding?: string | undefined;
}

/** Cases of a question, newest first. */
export function useCases(question: Question, { state, finding }: Wanted) {
  const walk = useInfiniteQuery({
    queryKey: ["approvals", question, state, finding],
    initialPageParam: null as string | null,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...question,
        ...(state ? { state } : {}),
        ...(finding ? { finding } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
        limit: PAGE_CASES,
      };
      return answer(api.GET("/v1/approvals", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const cases = useMemo(
    () => walk.data?.pages.flatMap((page) => page.approvals) ?? [],
    [walk.data],
  );
  return { walk, cases };
}

/** One case in full; null if nothing of it can be seen. */
export function useDossier(id: string, stack: string | undefined) {
  return useQuery({
    queryKey: ["approval", id, stack],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: stack ? { stack_id: stack } : {} };
      try {
        return await answer(api.GET("/v1/approvals/{id}", { params, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.problem.status === 404) return null;
        throw error;
      }
    },
  });
}

export type Dossier = NonNullable<ReturnType<typeof useDossier>["data"]>;
