/** Why a request did not do what was asked: the server said so (a problem), or it could not be reached. */

export interface FieldError {
  /** RFC 6901 pointer into what was sent, such as `#/title`. */
  readonly pointer: string;
  readonly detail: string;
}

/** An RFC 9457 problem, typed. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly status: number,
    /** `urn:problem:todo-not-found` is `todo-not-found`. */
    readonly slug: string,
    readonly title: string,
    readonly detail: string | undefined,
    readonly errors: readonly FieldError[],
    /** How long the server asks to wait, in milliseconds. */
    readonly retryAfter: number | undefined,
    readonly requestId: string | undefined,
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(detail ?? title);
  }

  /** The same request may succeed later, unchanged. */
  get passing(): boolean {
    return this.status === 429 || this.status >= 500 || this.status === 408;
  }
}

/** No answer at all: offline, connection refused, cut or timed out. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  constructor(options?: ErrorOptions) {
    super("The server cannot be reached.", options);
  }
}

/** The session is over: only signing in again helps. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";

  constructor() {
    super("You are signed out.");
  }
}

const wrongPassword: readonly string[] = ["invalid-credentials", "wrong-password"];
const wrongCode: readonly string[] = ["second-factor-required", "second-factor-invalid"];

/** The server refused what the person proved who they are with, not the token that the app sent. */
export const isCredentialSlug = (slug: string): boolean =>
  wrongPassword.includes(slug) || wrongCode.includes(slug);

export const isWrongPassword = (error: unknown): boolean =>
  error instanceof ApiProblem && wrongPassword.includes(error.slug);

/** A code is missing, wrong, or was used before. */
export const isWrongCode = (error: unknown): boolean =>
  error instanceof ApiProblem && wrongCode.includes(error.slug);

export const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiProblem && error.passing);

export const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof ApiProblem ? error.retryAfter : undefined;

/** `Retry-After` as milliseconds from now: it is a number of seconds or a date. */
export function parseRetryAfter(value: string | null, now: number = Date.now()): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  const wait = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: { pointer?: unknown; detail?: unknown } | null) => {
    const [pointer, detail] = [text(item?.pointer), text(item?.detail)];
    return pointer && detail ? [{ pointer, detail }] : [];
  });
}

/** What a problem says, wherever it stands: in an answer, or beside one operation of many. */
export const parseProblem = (body: Readonly<Record<string, unknown>>) => ({
  /** `urn:problem:todo-not-found` is `todo-not-found`. */
  slug: text(body.type)?.replace(/^urn:problem:/, ""),
  title: text(body.title),
  detail: text(body.detail),
  errors: fieldErrors(body.errors),
});

/** Reads any error answer; what is not problem JSON (a proxy's page, an empty body) becomes a problem by its status. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body = await readObject(response);
  const { slug, title, detail, errors } = parseProblem(body);
  return new ApiProblem(
    response.status,
    slug ?? `http-${response.status}`,
    title ?? `The server answered ${response.status}`,
    detail,
    errors,
    parseRetryAfter(response.headers.get("retry-after")),
    response.headers.get("x-request-id") ?? undefined,
    body,
  );
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
