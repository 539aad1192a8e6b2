"use client";

import { MailCheck } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { TextLink } from "@/components/ui/text-link";
import { paths } from "@/config/paths";
import { forgot } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import { MessageFrame, NextStep } from "@/features/auth/components/message-frame";
import type { ForgotValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).forgotResolver);

export function ForgotForm() {
  const t = useText();
  const { connection } = useRuntime();
  const [mailedTo, setMailedTo] = useState<string>();
  // No values of its own: what was typed, or filled in, before the page was ready is taken over from the fields.
  const form = useForm<ForgotValues>({ resolver });
  const { onSubmit, failure, isPending } = useSubmission(form, async ({ email }) => {
    await forgot(connection, email);
    setMailedTo(email);
  });

  if (mailedTo !== undefined) {
    return (
      <MessageFrame
        icon={<MailCheck aria-hidden />}
        title={t("Look into your mail")}
        action={
          <div className="grid gap-3">
            <NextStep href={paths.signIn}>{t("Back to signing in")}</NextStep>
            <Button variant="ghost" onClick={() => setMailedTo(undefined)}>
              {t("Use another address")}
            </Button>
          </div>
        }
      >
        <p>
          {t.parts(
            "If there is an account for {email}, a link to a new password is on its way. It works once, and not for long.",
            {
              email: (
                <strong key="email" className="font-medium text-ink">
                  {mailedTo}
                </strong>
              ),
            },
          )}
        </p>
      </MessageFrame>
    );
  }
  return (
    <FormFrame
      title={t("Forgot your password?")}
      introduction={
        <>
          {t("We mail you a link to choose a new one. Remembered it?")}{" "}
          <TextLink href={paths.signIn}>{t("Sign in")}</TextLink>
        </>
      }
      failure={failure}
      submit={t("Send the link")}
      isPending={isPending}
      onSubmit={onSubmit}
    >
      <TextField
        label={t("E-mail")}
        type="email"
        autoComplete="username"
        autoFocus
        {...form.register("email")}
        error={form.formState.errors.email?.message}
      />
    </FormFrame>
  );
}
