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

const ofLength = (least: number, message: string) =>
  string().check(
    refine((typed) => lengthOf(typed) >= least, message),
    atMost,
  );

export const newPassword = ofLength(PASSWORD_LENGTH.min, text("Use at least 15 characters"));

/** Where a second factor is asked for as well. */
export const newPasswordBesideSecondFactor = ofLength(
  PASSWORD_LENGTH.minWithSecondFactor,
  text("Use at least 8 characters"),
);

/** Where there may be one: the server knows. */
export const replacementPassword = ofLength(
  PASSWORD_LENGTH.minWithSecondFactor,
  text("Use at least 15 characters, or 8 beside a second factor"),
);

export const displayName = string().check(trim(), maxLength(100, text("100 characters at most")));

/** Six digits, or one of the recovery codes. */
export const code = string().check(trim(), minLength(1, text("Enter a code")));
