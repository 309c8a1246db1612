// Every page of the console, by address. A page's code is loaded when it is first visited.
//
// Addresses are written by src/paths.ts. Search parameters are plain strings: a page reads its own
// with `validateSearch` and keeps all of its state there, so that an address can be passed on.

import {
  createMemoryHistory,
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
import { isEmbedded, tell } from "./embedded";
import { readApprovalsSearch, readDossierSearch } from "./pages/approvals/search";
import { readExportsSearch } from "./pages/exports/search";
import { readIpSearch } from "./pages/ip/search";
import { readLogSearch } from "./pages/log/search";
import { readObjectSearch } from "./pages/object/search";
import { readOverviewSearch } from "./pages/overview/search";
import { readState } from "./pages/quarantine/search";
import { readSessionsSearch } from "./pages/sessions/search";
import { readSignInSearch } from "./pages/sign-in/search";
import { readUserSearch } from "./pages/user/search";
import { paths } from "./paths";
import { Failed } from "./shell/Failed";
import { Missing } from "./shell/Missing";
import { NAV } from "./shell/nav";
import { Waiting } from "./ui/Waiting";

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing });

/** The first page that one may see. */
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session.signed_in) throw redirect({ to: paths.signIn, replace: true });
    const { rights } = session;
    const first = NAV.find(({ right }) => right === null || rights.includes(right));
    throw redirect({ to: first?.to ?? paths.account, replace: true });
  },
});

/** Pages inside the shell: only for who is signed in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session.signed_in) {
      if (isEmbedded) throw redirect({ to: paths.embed });
      throw redirect({ href: `${paths.signIn}?return=${encodeURIComponent(location.href)}` });
    }
    if (session.must_change_password && location.pathname !== paths.account) {
      throw redirect({ to: paths.account });
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

const integrity = createRoute({
  getParentRoute: () => shell,
  path: paths.integrity,
  component: lazyRouteComponent(() => import("./pages/integrity/IntegrityPage"), "IntegrityPage"),
});

const quarantine = createRoute({
  getParentRoute: () => shell,
  path: paths.quarantine,
  validateSearch: (search) => ({ state: readState(search.state) }),
  component: lazyRouteComponent(
    () => import("./pages/quarantine/QuarantinePage"),
    "QuarantinePage",
  ),
});

const exports = createRoute({
  getParentRoute: () => shell,
  path: paths.exports,
  validateSearch: readExportsSearch,
  component: lazyRouteComponent(() => import("./pages/exports/ExportsPage"), "ExportsPage"),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: paths.account,
  component: lazyRouteComponent(() => import("./pages/account/AccountPage"), "AccountPage"),
});

const accounts = createRoute({
  getParentRoute: () => shell,
  path: paths.accounts,
  component: lazyRouteComponent(() => import("./pages/admin/AccountsPage"), "AccountsPage"),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: paths.tokens,
  component: lazyRouteComponent(() => import("./pages/admin/TokensPage"), "TokensPage"),
});

const configuration = createRoute({
  getParentRoute: () => shell,
  path: paths.configuration,
  component: lazyRouteComponent(
    () => import("./pages/admin/ConfigurationPage"),
    "ConfigurationPage",
  ),
});

/** Outside the shell: nobody is signed in yet. */
const signIn = createRoute({
  getParentRoute: () => root,
  path: paths.signIn,
  validateSearch: readSignInSearch,
  loader: () => queryClient.ensureQueryData(sessionQuery),
  component: lazyRouteComponent(() => import("./pages/sign-in/SignInPage"), "SignInPage"),
});

const embed = createRoute({
  getParentRoute: () => root,
  path: paths.embed,
  component: lazyRouteComponent(() => import("./pages/embed/EmbedPage"), "EmbedPage"),
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: paths.overview,
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import("./pages/overview/OverviewPage"), "OverviewPage"),
});

const object = createRoute({
  getParentRoute: () => shell,
  path: "/ui/object",
  validateSearch: readObjectSearch,
  component: lazyRouteComponent(() => import("./pages/object/ObjectPage"), "ObjectPage"),
});

const user = createRoute({
  getParentRoute: () => shell,
  path: "/ui/user/$name",
  validateSearch: readUserSearch,
  component: lazyRouteComponent(() => import("./pages/user/UserPage"), "UserPage"),
});

const ip = createRoute({
  getParentRoute: () => shell,
  path: "/ui/ip/$address",
  validateSearch: readIpSearch,
  component: lazyRouteComponent(() => import("./pages/ip/IpPage"), "IpPage"),
});

const sessions = createRoute({
  getParentRoute: () => shell,
  path: paths.sessions,
  validateSearch: readSessionsSearch,
  component: lazyRouteComponent(() => import("./pages/sessions/SessionsPage"), "SessionsPage"),
});

const approvals = createRoute({
  getParentRoute: () => shell,
  path: paths.approvals,
  validateSearch: readApprovalsSearch,
  component: lazyRouteComponent(() => import("./pages/approvals/ApprovalsPage"), "ApprovalsPage"),
});

const approval = createRoute({
  getParentRoute: () => shell,
  path: "/ui/approvals/$id",
  validateSearch: readDossierSearch,
  component: lazyRouteComponent(() => import("./pages/approvals/DossierPage"), "DossierPage"),
});

const routeTree = root.addChildren([
  home,
  signIn,
  embed,
  shell.addChildren([
    overview,
    log,
    object,
    user,
    ip,
    sessions,
    approvals,
    approval,
    integrity,
    quarantine,
    exports,
    account,
    accounts,
    tokens,
    configuration,
  ]),
]);

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
  // A frame keeps its one address, the only one that may be framed.
  history: isEmbedded ? createMemoryHistory({ initialEntries: [`${basePath}embed`] }) : undefined,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: Failed,
  defaultPendingComponent: Waiting,
  defaultNotFoundComponent: Missing,
});

if (isEmbedded) {
  router.subscribe("onResolved", ({ toLocation }) => {
    if (toLocation.pathname !== paths.embed) {
      tell({ type: "annals:location", path: toLocation.href });
    }
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
