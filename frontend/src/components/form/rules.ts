import { email as emailFormat, maxLength, minLength, refine, string, trim } from "zod/mini";
import { lengthOf, PASSWORD_LENGTH } from "@/lib/passwords";

/** The rules of the server that several forms share, so that most mistakes are noticed before anything is sent. */
export const email = string().check(
  trim(),
  minLength(1, "Enter your e-mail address"),
  emailFormat("That is not an e-mail address"),
);

export const password = string().check(minLength(1, "Enter your password"));

export const newPassword = string().check(
  refine((text) => lengthOf(text) >= PASSWORD_LENGTH.min, `Use at least ${PASSWORD_LENGTH.min} characters`),
  refine((text) => lengthOf(text) <= PASSWORD_LENGTH.max, `Use at most ${PASSWORD_LENGTH.max} characters`),
);

export const displayName = string().check(trim(), maxLength(100, "100 characters at most"));

/** Six digits, or one of the recovery codes. */
export const code = string().check(trim(), minLength(1, "Enter a code"));
