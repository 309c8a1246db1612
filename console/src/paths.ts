// Every address of the console, made in one place.
//
// Pages link by these and never put an address together themselves. They are paths behind the base
// path; the router adds it.

const part = encodeURIComponent;

/** The audit page, asked a question: filter and range as its address writes them. */
export function logPath(ask: { q?: string; range?: string; event?: number } = {}): string {
  const search = new URLSearchParams();
  if (ask.q) search.set("q", ask.q);
  if (ask.range) search.set("range", ask.range);
  if (ask.event !== undefined) search.set("event", String(ask.event));
  const text = search.toString();
  return text ? `/ui/log?${text}` : "/ui/log";
}

/** The sessions page, asked a question. */
export function sessionsPath(ask: { q?: string | undefined; range?: string } = {}): string {
  const search = new URLSearchParams();
  if (ask.q) search.set("q", ask.q);
  if (ask.range) search.set("range", ask.range);
  const text = search.toString();
  return text ? `/ui/sessions?${text}` : "/ui/sessions";
}

export const paths = {
  home: "/",
  log: "/ui/log",
  overview: "/ui/overview",
  object: (type: string, id: string) => `/ui/object?type=${part(type)}&id=${part(id)}`,
  user: (name: string) => `/ui/user/${part(name)}`,
  ip: (address: string) => `/ui/ip/${part(address)}`,
  sessions: "/ui/sessions",
  integrity: "/ui/integrity",
  quarantine: "/ui/quarantine",
  exports: "/ui/exports",
  approvals: "/ui/approvals",
  approval: (id: string, stack?: string | null) =>
    `/ui/approvals/${part(id)}${stack ? `?stack=${part(stack)}` : ""}`,
  account: "/ui/account",
  accounts: "/ui/admin/accounts",
  tokens: "/ui/admin/tokens",
  configuration: "/ui/admin/configuration",
  signIn: "/ui/sign-in",
  embed: "/embed",
} as const;
