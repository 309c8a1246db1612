// What can go wrong when the server is asked, as one type.
//
// The server's problems (RFC 9457) keep their stable code and request id; a request that never came
// back is `offline`. Pages show these by `ErrorState`, never by their own texts.

/** A problem as the server words it, with what programs add to it. */
export interface Problem {
  code: string;
  status: number;
  title: string;
  detail: string;
  requestId: string | null;
  /** Everything the answer carried, such as the place of a syntax error. */
  extra: Record<string, unknown>;
}

/** The one error that asking the server throws. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The error of a request that got no answer at all. */
export function offline(): ApiError {
  return new ApiError({
    code: "offline",
    status: 0,
    title: "offline",
    detail: "",
    requestId: null,
    extra: {},
  });
}

/** Reads the problem out of an answer that is not a success. */
export function problemOf(status: number, body: unknown, requestId: string | null): ApiError {
  const extra: Record<string, unknown> =
    typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (key: string) => (typeof extra[key] === "string" ? (extra[key] as string) : "");
  return new ApiError({
    code: text("code") || `http_${status}`,
    status,
    title: text("title"),
    detail: text("detail") || text("message"),
    requestId: text("request_id") || requestId,
    extra,
  });
}

/** The error as the server's refusal of a filter, if it is one. */
export function refusalOf(error: unknown): ApiError | null {
  return error instanceof ApiError && error.code === "bad_filter" ? error : null;
}

/** True where asking again can help: no answer, or the server was busy. */
export function isWorthRetrying(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}
