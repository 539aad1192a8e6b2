import type { RegisterValues, SignInValues } from "@/features/auth/resolvers";
import type { Connection } from "@/lib/api/connect";
import { ApiProblem } from "@/lib/api/problems";

export async function signIn({ session, guestApi }: Connection, values: SignInValues): Promise<void> {
  await session.readyToSignIn();
  const { data } = await (await guestApi()).POST("/auth/login", { body: values });
  if (data) session.adopt(data);
}

export async function register({ session, guestApi }: Connection, values: RegisterValues): Promise<void> {
  await session.readyToSignIn();
  const { display_name, ...required } = values;
  const body = display_name ? values : required;
  const { data } = await (await guestApi()).POST("/auth/register", { body });
  if (data) session.adopt(data);
}

export const isWrongPassword = (error: unknown): boolean =>
  error instanceof ApiProblem && error.status === 401;

export const isTaken = (error: unknown): boolean => error instanceof ApiProblem && error.status === 409;
