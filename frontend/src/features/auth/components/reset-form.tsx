"use client";

import { Check, Unlink } from "lucide-react";
import { useState } from "react";
import { type Control, useForm, useFormState, useWatch } from "react-hook-form";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { PasswordHint } from "@/components/form/password-hint";
import { useSubmission } from "@/components/form/use-submission";
import { PasswordField } from "@/components/ui/password-field";
import { paths } from "@/config/paths";
import { isDeadLink, reset } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import { MessageFrame, NextStep, Opening } from "@/features/auth/components/message-frame";
import { useLinkToken } from "@/features/auth/hooks/use-link-token";
import type { ResetValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).resetResolver);

/** Where the link of the “forgot” mail leads. */
export function ResetForm() {
  const token = useLinkToken();
  if (token === undefined) return <Opening />;
  return token === null ? <DeadLink /> : <NewPassword key={token} token={token} />;
}

function NewPassword({ token }: { token: string }) {
  const t = useText();
  const { connection } = useRuntime();
  const [isDone, setDone] = useState(false);
  const form = useForm<ResetValues>({ resolver, defaultValues: { new_password: "" } });
  const { onSubmit, failure, isPending } = useSubmission(form, async ({ new_password }) => {
    await reset(connection, { token, new_password });
    setDone(true);
  });

  if (isDone) {
    return (
      <MessageFrame
        icon={<Check aria-hidden />}
        title={t("Your password is changed")}
        action={<NextStep href={paths.signIn}>{t("Sign in")}</NextStep>}
      >
        <p>{t("You have been signed out on every device. Sign in again with the new password.")}</p>
      </MessageFrame>
    );
  }
  if (isDeadLink(failure)) return <DeadLink />;
  return (
    <FormFrame
      title={t("Choose a new password")}
      introduction={t("Saving it signs you out everywhere, in case somebody else knew the old one.")}
      failure={failure}
      submit={t("Save the password")}
      isPending={isPending}
      onSubmit={onSubmit}
    >
      <PasswordField
        label={t("New password")}
        autoComplete="new-password"
        autoFocus
        description={<Hint control={form.control} />}
        {...form.register("new_password")}
        error={form.formState.errors.new_password?.message}
      />
    </FormFrame>
  );
}

function Hint({ control }: { control: Control<ResetValues> }) {
  const { errors } = useFormState({ control });
  return (
    <PasswordHint
      password={useWatch({ control, name: "new_password" })}
      secondFactor="unknown"
      isRefused={errors.new_password?.type === "server"}
    />
  );
}

function DeadLink() {
  const t = useText();
  return (
    <MessageFrame
      icon={<Unlink aria-hidden />}
      title={t("This link does not work")}
      action={<NextStep href={paths.forgot}>{t("Ask for a new link")}</NextStep>}
    >
      <p>
        {t("It is too old, it was used already, or a part of it is missing. Your password is what it was.")}
      </p>
    </MessageFrame>
  );
}
