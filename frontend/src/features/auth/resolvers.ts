import { zodResolver } from "@hookform/resolvers/zod";
import { type infer as Infer, object, refine } from "zod/mini";
import {
  code,
  displayName,
  email,
  newPassword,
  password,
  replacementPassword,
} from "@/components/form/rules";
import { text } from "@/lib/i18n/translate";

const signInSchema = object({ email, password });

const registerSchema = object({ display_name: displayName, email, password: newPassword }).check(
  refine(({ email, password }) => password.toLowerCase() !== email.toLowerCase(), {
    path: ["password"],
    message: text("Your e-mail address is too easy to guess"),
  }),
);

const passwordSchema = object({ password });
const codeSchema = object({ code });
const forgotSchema = object({ email });
const resetSchema = object({ new_password: replacementPassword });

export type SignInValues = Infer<typeof signInSchema>;
export type RegisterValues = Infer<typeof registerSchema>;
export type PasswordValues = Infer<typeof passwordSchema>;
export type CodeValues = Infer<typeof codeSchema>;
export type ForgotValues = Infer<typeof forgotSchema>;
export type ResetValues = Infer<typeof resetSchema>;

export const signInResolver = zodResolver(signInSchema);
export const registerResolver = zodResolver(registerSchema);
export const passwordResolver = zodResolver(passwordSchema);
export const codeResolver = zodResolver(codeSchema);
export const forgotResolver = zodResolver(forgotSchema);
export const resetResolver = zodResolver(resetSchema);
