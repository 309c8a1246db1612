/**
 * A typed client of the Annals audit log: every call of its API, with types made from
 * `docs/openapi.json`, and operations recorded before and after the act.
 *
 * Events carry ids that are made before the first try, so what may be repeated is repeated. There
 * is no spool here: of the three guarantees this client gives `strict`, and `best_effort` for what
 * is recorded after the act.
 */
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type Event = components['schemas']['Event'];
export type Outcome = components['schemas']['OperationOutcome'];
export type Problem = components['schemas']['Problem'];
export type { paths };

/** Tries after the first, and the pause before the first of them, doubled each time. */
export interface Retry {
  readonly tries: number;
  readonly pauseMs: number;
}

export interface Options {
  /** Scheme and authority, like `http://127.0.0.1:7200`. */
  readonly url: string;
  readonly token: string;
  readonly retry?: Retry;
}

/** What an event needs of its sender; id and time are made here if they are missing. */
export type NewEvent = Omit<Partial<Event>, 'outcome'> & Pick<Event, 'operation' | 'operator'>;

/** The server refused, and says why. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    const faults = (problem.rejected ?? []).map((f) => `${f.code} ${f.field}: ${f.message}`);
    super(faults.join('; ') || problem.detail);
    this.name = 'Refused';
  }
}

const RETRY: Retry = { tries: 4, pauseMs: 100 };
const RETRY_AFTER_SECONDS_MAX = 30;

export class Annals {
  /** Every call of the API, typed. */
  readonly api: Client<paths>;

  constructor(options: Options) {
    const retry = options.retry ?? RETRY;
    this.api = createClient<paths>({
      baseUrl: options.url,
      headers: { authorization: `Bearer ${options.token}` },
      fetch: (request) => patiently(request, retry),
    });
  }

  /** Records an act that is over. Returns once it is durable and proved. */
  async record(event: NewEvent, outcome: Outcome = { outcome: 'success' }): Promise<void> {
    const body = { ...completed(event, 'best_effort'), ...outcome } as Event;
    const { data, error } = await this.api.POST('/v1/events', { body });
    if (!data) throw new Refused(error);
  }

  /** Before an act: records that it is about to begin; its id. If this throws, do not act. */
  async begin(event: NewEvent): Promise<string> {
    const body = completed(event, 'strict') as Event;
    const { data, error } = await this.api.POST('/v1/operations', { body });
    if (!data) throw new Refused(error);
    return data.id;
  }

  /** After the act: records how it ended. Without it the operation becomes `unknown`. */
  async finish(id: string, outcome: Outcome): Promise<void> {
    const params = { path: { id } };
    const call = { params, body: outcome };
    const { data, error } = await this.api.POST('/v1/operations/{id}/outcome', call);
    if (!data) throw new Refused(error);
  }

  /**
   * Begins, acts, finishes. `act` is not called if the intent is not durable; what it throws is
   * recorded as a failure and thrown on. It may say more of the end: objects, changes, a reason.
   */
  async audited<T>(event: NewEvent, act: (end: Outcome) => Promise<T> | T): Promise<T> {
    const id = await this.begin(event);
    const begun = performance.now();
    const end: Outcome = { outcome: 'success' };
    try {
      return await act(end);
    } catch (error) {
      end.outcome = 'failure';
      end.reason ??= error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw error;
    } finally {
      end.duration_ms ??= Math.round(performance.now() - begun);
      await this.finish(id, end);
    }
  }
}

function completed(event: NewEvent, guarantee: string): NewEvent {
  const own = { id: crypto.randomUUID(), time: new Date().toISOString(), guarantee };
  return { ...own, ...event };
}

/** Repeats what broke, and what the server asks to repeat. */
async function patiently(request: Request, retry: Retry): Promise<Response> {
  for (let left = retry.tries, pause = retry.pauseMs; ; left -= 1, pause *= 2) {
    let wait = pause;
    try {
      const answer = await fetch(request.clone());
      const after = Number(answer.headers.get('retry-after'));
      const helps = (answer.status === 503 || answer.status === 507) && after > 0;
      if (!helps || left === 0) return answer;
      wait = Math.min(after, RETRY_AFTER_SECONDS_MAX) * 1000;
    } catch (error) {
      if (left === 0) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
