// Every page of the console, by address. A page's code is loaded when it is first visited.
//
// Addresses are written by src/paths.ts. Search parameters are plain strings: a page reads its own
// with `validateSearch` and keeps all of its state there, so that an address can be passed on.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { basePath } from "./api/base";
import { queryClient } from "./api/queries";
import { sessionQuery } from "./api/session";
import { readLogSearch } from "./pages/log/search";
import { paths } from "./paths";
import { Failed } from "./shell/Failed";
import { Missing } from "./shell/Missing";
import { Waiting } from "./ui/Waiting";

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: paths.log, replace: true });
  },
});

/** Pages inside the shell: only for who is signed in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session.signed_in) {
      throw redirect({ href: `${paths.signIn}?return=${encodeURIComponent(location.href)}` });
    }
  },
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
});

const log = createRoute({
  getParentRoute: () => shell,
  path: paths.log,
  validateSearch: readLogSearch,
  component: lazyRouteComponent(() => import("./pages/log/LogPage"), "LogPage"),
});

const routeTree = root.addChildren([home, shell.addChildren([log])]);

/** Parameters stand in the address as they are, not as JSON. */
function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

export const router = createRouter({
  routeTree,
  basepath: basePath,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: Failed,
  defaultPendingComponent: Waiting,
  defaultNotFoundComponent: Missing,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
