// The shared cache of answers and how it behaves.
//
// Answers are kept by their question. Only what may succeed on a second try is tried again; a
// refused or faulty question is shown at once.

import { QueryClient } from "@tanstack/react-query";
import { isWorthRetrying } from "./error";

const RETRIES_MAX = 2;
const FRESH_MS = 15_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => failures < RETRIES_MAX && isWorthRetrying(error),
      refetchOnWindowFocus: false,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
