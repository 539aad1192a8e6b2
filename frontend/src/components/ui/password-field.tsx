"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField, type TextFieldProps } from "@/components/ui/text-field";
import { useText } from "@/hooks/text";

/** Lets the person look at what they typed: a long passphrase is hard to type blindly. */
export function PasswordField(props: Omit<TextFieldProps, "type" | "adornment">) {
  const t = useText();
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  const toggle = (
    <Button
      variant="ghost"
      size="icon"
      aria-label={isShown ? t("Hide the password") : t("Show the password")}
      onClick={() => setShown(!isShown)}
    >
      <Icon aria-hidden className="size-4.5" />
    </Button>
  );
  return (
    <TextField
      {...props}
      type={isShown ? "text" : "password"}
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      adornment={toggle}
    />
  );
}
