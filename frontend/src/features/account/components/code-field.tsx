"use client";

import { TextField, type TextFieldProps } from "@/components/ui/text-field";
import { useText } from "@/hooks/text";

/** What is asked for beside the password where an authenticator app is set up. */
export function CodeField(props: Omit<TextFieldProps, "label">) {
  const t = useText();
  return (
    <TextField
      label={t("Code of your authenticator app, or a recovery code")}
      autoComplete="one-time-code"
      autoCapitalize="off"
      spellCheck={false}
      look="code"
      {...props}
    />
  );
}
