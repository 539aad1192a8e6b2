import type { RegisterValues, SignInValues } from "@/features/auth/resolvers";
import { bodyOf } from "@/lib/api/client";
import type { Connection } from "@/lib/api/connect";
import { ApiProblem } from "@/lib/api/problems";
import { askForPasskey, type Encoded } from "@/lib/passkeys";

export type Method = "totp" | "recovery_code" | "passkey";

/** The password was right, and the account asks for more. */
export interface Challenge {
  readonly credentials: SignInValues;
  readonly methods: readonly Method[];
}

/** What is added to e-mail address and password. */
export type Proof = { readonly code: string } | { readonly passkey: Encoded };

export async function signIn(connection: Connection, values: SignInValues, proof?: Proof): Promise<void> {
  const { session, guestApi } = connection;
  await session.readyToSignIn();
  const api = await guestApi();
  session.adopt(await bodyOf(api.POST("/auth/login", { body: { ...values, ...proof } })));
}

/** The passkey alone: it says who it is, and the browser has checked that it is them. */
export async function signInWithPasskey(
  { session, guestApi }: Connection,
  signal: AbortSignal,
): Promise<void> {
  await session.readyToSignIn();
  const api = await guestApi();
  const options = await bodyOf(api.POST("/auth/login/passkey/options", { body: {}, signal }));
  const credential = await askForPasskey(options, signal);
  session.adopt(await bodyOf(api.POST("/auth/login/passkey", { body: { credential } })));
}

/** A passkey after the password. */
export async function answerWithPasskey(
  connection: Connection,
  { credentials }: Challenge,
  signal: AbortSignal,
): Promise<void> {
  const api = await connection.guestApi();
  const body = { email: credentials.email };
  const options = await bodyOf(api.POST("/auth/login/passkey/options", { body, signal }));
  await signIn(connection, credentials, { passkey: await askForPasskey(options, signal) });
}

/** Answers `mailed` where accounts begin with a mail: then nothing tells whether there was one already. */
export async function register(
  { session, guestApi }: Connection,
  values: RegisterValues,
): Promise<"signed-in" | "mailed"> {
  await session.readyToSignIn();
  const { display_name, ...required } = values;
  const body = display_name ? values : required;
  const { data, response } = await (await guestApi()).POST("/auth/register", { body });
  if (response.status === 202 || !data) return "mailed";
  session.adopt(data);
  return "signed-in";
}

export async function forgot({ guestApi }: Connection, email: string): Promise<void> {
  await (await guestApi()).POST("/auth/password/forgot", { body: { email } });
}

export async function reset({ session, guestApi }: Connection, body: ResetBody): Promise<void> {
  await (await guestApi()).POST("/auth/password/reset", { body });
  // Every session of that account has ended: perhaps the one of this browser, too.
  session.check();
}

interface ResetBody {
  token: string;
  new_password: string;
}

/** Of who is signed in to the account. */
export async function verify({ api }: Connection, token: string): Promise<void> {
  await (await api()).POST("/auth/email/verify", { body: { token } });
}

export async function verifyWithPassword(
  { guestApi }: Connection,
  body: { token: string; password: string },
): Promise<void> {
  await (await guestApi()).POST("/auth/email/verify", { body });
}

/** The link is of another account than the one that is signed in to. */
export const needsPassword = (error: unknown): boolean =>
  error instanceof ApiProblem && error.errors.some(({ pointer }) => pointer === "#/password");

export const isTaken = (error: unknown): boolean => error instanceof ApiProblem && error.status === 409;

export const isUnverified = (error: unknown): boolean =>
  error instanceof ApiProblem && error.slug === "email-not-verified";

/** What else the account wants to see, if that is why it refused. */
export function methodsOf(error: unknown): readonly Method[] | undefined {
  if (!(error instanceof ApiProblem) || error.slug !== "second-factor-required") return undefined;
  const { methods } = error.body;
  return Array.isArray(methods) ? (methods as Method[]) : ["totp", "recovery_code"];
}

/** The link of a mail does not work: it is too old, was used, or is not whole. Anything else may pass. */
export const isDeadLink = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  !error.passing &&
  (error.status !== 422 || error.errors.some(({ pointer }) => pointer === "#/token"));
