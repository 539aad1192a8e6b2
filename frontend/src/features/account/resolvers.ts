import { zodResolver } from "@hookform/resolvers/zod";
import { array, type infer as Infer, maxLength, minLength, object, refine, string, trim } from "zod/mini";
import {
  code,
  displayName,
  newPassword,
  newPasswordBesideSecondFactor,
  password,
} from "@/components/form/rules";
import { DELETE_WORDS } from "@/features/account/delete-word";
import { text } from "@/lib/i18n/translate";

const name = string().check(
  trim(),
  minLength(1, text("Give it a name")),
  maxLength(100, text("100 characters at most")),
);

const profileSchema = object({ display_name: displayName });

const passwordSchema = (chosen: typeof newPassword) =>
  object({ current_password: password, new_password: chosen }).check(
    refine(({ current_password, new_password }) => current_password !== new_password, {
      path: ["new_password"],
      message: text("That is the password you have"),
    }),
  );

const passwordProofSchema = object({ password });
const fullProofSchema = object({ password, code });
const confirmSchema = object({ code });
const passkeySchema = object({ name: name, password, code: string() });
const passkeyWithCodeSchema = object({ name: name, password, code });

const tokenSchema = object({
  name: name,
  scopes: array(string()).check(minLength(1, text("Allow it something"))),
  expires_in_days: string(),
  password,
});

const goodbye = string().check(
  trim(),
  refine((typed) => DELETE_WORDS.includes(typed.toLowerCase()), text("Type “delete”")),
);
const deleteSchema = object({ password, code: string(), word: goodbye });
const deleteWithCodeSchema = object({ password, code, word: goodbye });

export type ProfileValues = Infer<typeof profileSchema>;
export type PasswordValues = Infer<ReturnType<typeof passwordSchema>>;
export type ConfirmValues = Infer<typeof confirmSchema>;
export type PasskeyValues = Infer<typeof passkeySchema>;
export type TokenValues = Infer<typeof tokenSchema>;
export type DeleteValues = Infer<typeof deleteSchema>;

export const profileResolver = zodResolver(profileSchema);
export const passwordResolver = zodResolver(passwordSchema(newPassword));
export const shortPasswordResolver = zodResolver(passwordSchema(newPasswordBesideSecondFactor));
export const passwordProofResolver = zodResolver(passwordProofSchema);
export const fullProofResolver = zodResolver(fullProofSchema);
export const confirmResolver = zodResolver(confirmSchema);
export const passkeyResolver = zodResolver(passkeySchema);
export const passkeyWithCodeResolver = zodResolver(passkeyWithCodeSchema);
export const tokenResolver = zodResolver(tokenSchema);
export const deleteResolver = zodResolver(deleteSchema);
export const deleteWithCodeResolver = zodResolver(deleteWithCodeSchema);
