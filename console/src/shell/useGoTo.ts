// Goes to an address of src/paths.ts, with its parameters, from code.

import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

export function useGoTo(): (to: string) => void {
  const router = useRouter();
  return useCallback((to: string) => void router.navigate({ href: to }), [router]);
}
