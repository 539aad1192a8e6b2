import { email as emailFormat, maxLength, minLength, refine, string, trim } from "zod/mini";
import { text } from "@/lib/i18n/translate";
import { lengthOf, PASSWORD_LENGTH } from "@/lib/passwords";

/** The rules of the server that several forms share, so that most mistakes are noticed before anything is sent. */
export const email = string().check(
  trim(),
  minLength(1, text("Enter your e-mail address")),
  emailFormat(text("That is not an e-mail address")),
);

export const password = string().check(minLength(1, text("Enter your password")));

const atMost = refine<string>(
  (typed) => lengthOf(typed) <= PASSWORD_LENGTH.max,
  text("Use at most 128 characters"),
);

export const newPassword = string().check(
  refine((typed) => lengthOf(typed) >= PASSWORD_LENGTH.min, text("Use at least 15 characters")),
  atMost,
);

/** Where a second factor is asked for as well. Where there may be one, the server knows. */
export const newPasswordBesideSecondFactor = string().check(
  refine(
    (typed) => lengthOf(typed) >= PASSWORD_LENGTH.minWithSecondFactor,
    text("Use at least 8 characters"),
  ),
  atMost,
);

export const displayName = string().check(trim(), maxLength(100, text("100 characters at most")));

/** Six digits, or one of the recovery codes. */
export const code = string().check(trim(), minLength(1, text("Enter a code")));
