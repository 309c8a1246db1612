// What the address of the sign-in page may carry.

export interface SignInSearch {
  /** The page to go back to. */
  return?: string;
  /** Why a provider did not let somebody in. */
  error?: string;
}

export function readSignInSearch(search: Record<string, unknown>): SignInSearch {
  const read: SignInSearch = {};
  if (typeof search.return === "string") read.return = search.return;
  if (typeof search.error === "string") read.error = search.error;
  return read;
}
