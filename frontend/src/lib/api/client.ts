import createClient, { type Client } from "openapi-fetch";
import { isCredentialSlug, readProblem, Unreachable } from "@/lib/api/problems";
import type { paths } from "@/lib/api/schema";

export type Send = (request: Request) => Promise<Response>;
export type Api = Client<paths>;

/** Where a request gets its bearer token, and a newer one when that was refused. */
export interface Tokens {
  /** A token that is not about to expire. Throws `SignedOut` or `Unreachable`. */
  current(): Promise<string>;
  /** The token after `refused`; many callers share one refresh. Undefined when the session is over. */
  renew(refused: string): Promise<string | undefined>;
}

/** Fetch fails with a bare TypeError when there is no answer; a name for it lets callers tell it from a bug. */
export const reaching =
  (send: Send): Send =>
  async (request) => {
    try {
      return await send(request);
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      throw new Unreachable({ cause });
    }
  };

/**
 * Adds the bearer token, and repeats a request once that was answered 401 because of it: a wrong password in the
 * request stays wrong, and sending it twice would count as two guesses.
 * The copy for the second attempt is taken before the first one is sent: a used request cannot be sent again.
 */
export const authorised =
  (tokens: Tokens, send: Send): Send =>
  async (request) => {
    const spare = request.clone();
    const token = await tokens.current();
    const response = await send(withToken(request, token));
    if (response.status !== 401 || (await isAboutCredentials(response))) return response;
    const renewed = await tokens.renew(token);
    return renewed ? send(withToken(spare, renewed)) : response;
  };

async function isAboutCredentials(response: Response): Promise<boolean> {
  return isCredentialSlug((await readProblem(response.clone())).slug);
}

function withToken(request: Request, token: string): Request {
  request.headers.set("authorization", `Bearer ${token}`);
  return request;
}

/** A client whose error answers throw: what a call returns is what was asked for. */
export function createApi(baseUrl: string, send: Send): Api {
  const client = createClient<paths>({ baseUrl, fetch: send });
  client.use({
    async onResponse({ response }) {
      if (!response.ok) throw await readProblem(response);
      return undefined;
    },
  });
  return client;
}

/** What a call returns, without the response around it: error answers have thrown before. */
export async function bodyOf<Body>(call: Promise<{ data?: Body }>): Promise<NonNullable<Body>> {
  const { data } = await call;
  if (data === undefined || data === null) throw new TypeError("The answer has no body.");
  return data;
}
