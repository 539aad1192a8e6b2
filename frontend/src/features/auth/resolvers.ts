import { zodResolver } from "@hookform/resolvers/zod";
import {
  email as emailFormat,
  type infer as Infer,
  maxLength,
  minLength,
  object,
  refine,
  string,
  trim,
} from "zod/mini";

import { PASSWORD_LENGTH } from "@/features/auth/limits";

const email = string().check(
  trim(),
  minLength(1, "Enter your e-mail address"),
  emailFormat("That is not an e-mail address"),
);

const signInSchema = object({
  email,
  password: string().check(minLength(1, "Enter your password")),
});

const registerSchema = object({
  display_name: string().check(trim(), maxLength(100, "100 characters at most")),
  email,
  password: string().check(
    minLength(PASSWORD_LENGTH.min, `Use at least ${PASSWORD_LENGTH.min} characters`),
    maxLength(PASSWORD_LENGTH.max, `Use at most ${PASSWORD_LENGTH.max} characters`),
  ),
}).check(
  refine(({ email, password }) => password.toLowerCase() !== email.toLowerCase(), {
    path: ["password"],
    message: "Your e-mail address is too easy to guess",
  }),
);

export type SignInValues = Infer<typeof signInSchema>;
export type RegisterValues = Infer<typeof registerSchema>;

/** The rules of the server, so that most mistakes are noticed before anything is sent. */
export const signInResolver = zodResolver(signInSchema);
export const registerResolver = zodResolver(registerSchema);
