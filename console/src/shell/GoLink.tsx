// A link to an address of src/paths.ts, with its parameters; a real link for new tabs and copying.

import { useRouter } from "@tanstack/react-router";
import type { ComponentProps, MouseEvent } from "react";
import { basePath } from "../api/base";

export interface GoLinkProps extends Omit<ComponentProps<"a">, "href"> {
  /** A path as src/paths.ts makes it, without the base path. */
  to: string;
}

export function GoLink({ to, onClick, ...rest }: GoLinkProps) {
  const router = useRouter();
  const href = basePath.replace(/\/$/, "") + to;
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (event.defaultPrevented || !isPlain || event.altKey) return;
    event.preventDefault();
    void router.navigate({ href: to });
  };
  return <a {...rest} href={href} onClick={go} />;
}
