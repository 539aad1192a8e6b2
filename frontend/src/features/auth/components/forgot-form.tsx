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

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).forgotResolver);

export function ForgotForm() {
  const { connection } = useRuntime();
  const [mailedTo, setMailedTo] = useState<string>();
  const form = useForm<ForgotValues>({ resolver, defaultValues: { email: "" } });
  const { onSubmit, failure, isPending } = useSubmission(form, async ({ email }) => {
    await forgot(connection, email);
    setMailedTo(email);
  });

  if (mailedTo !== undefined) {
    return (
      <MessageFrame
        icon={<MailCheck aria-hidden />}
        title="Look into your mail"
        action={
          <div className="grid gap-3">
            <NextStep href={paths.signIn}>Back to signing in</NextStep>
            <Button variant="ghost" onClick={() => setMailedTo(undefined)}>
              Use another address
            </Button>
          </div>
        }
      >
        <p>
          If there is an account for <strong className="font-medium text-ink">{mailedTo}</strong>, a link to a
          new password is on its way. It works once, and not for long.
        </p>
      </MessageFrame>
    );
  }
  return (
    <FormFrame
      title="Forgot your password?"
      introduction={
        <>
          We mail you a link to choose a new one. Remembered it?{" "}
          <TextLink href={paths.signIn}>Sign in</TextLink>
        </>
      }
      failure={failure}
      submit="Send the link"
      isPending={isPending}
      onSubmit={onSubmit}
    >
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        autoFocus
        {...form.register("email")}
        error={form.formState.errors.email?.message}
      />
    </FormFrame>
  );
}
