"use client";

import { MailCheck } from "lucide-react";
import { useState } from "react";
import { type Control, useForm, useFormState, useWatch } from "react-hook-form";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { PasswordHint } from "@/components/form/password-hint";
import { showAtFields } from "@/components/form/problems";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import { TextLink } from "@/components/ui/text-link";
import { paths } from "@/config/paths";
import { register as createAccount, isTaken } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import { MessageFrame, NextStep } from "@/features/auth/components/message-frame";
import type { RegisterValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { text } from "@/lib/i18n/translate";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).registerResolver);

export function RegisterForm() {
  const t = useText();
  const { connection } = useRuntime();
  const [failure, setFailure] = useState<unknown>();
  const [mailedTo, setMailedTo] = useState<string>();
  const { control, register, handleSubmit, setError, formState } = useForm<RegisterValues>({
    resolver,
    // No values of its own: what was typed, or filled in, before the page was ready is taken over from the fields.
    mode: "onTouched",
  });

  const { errors, isSubmitting } = formState;

  const submit = handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      if ((await createAccount(connection, values)) === "mailed") setMailedTo(values.email);
    } catch (error) {
      if (isTaken(error)) {
        const message = text("There is an account with this e-mail address already");
        setError("email", { type: "server", message }, { shouldFocus: true });
      } else if (!showAtFields(error, ["display_name", "email", "password"], setError)) setFailure(error);
    }
  });

  if (mailedTo !== undefined) return <LookIntoYourMail email={mailedTo} />;
  return (
    <FormFrame
      title={t("Create your account")}
      introduction={
        <>
          {t("Already have one?")} <TextLink href={paths.signIn}>{t("Sign in")}</TextLink>
        </>
      }
      failure={failure}
      submit={t("Create account")}
      isPending={isSubmitting}
      onSubmit={(event) => void submit(event)}
    >
      <TextField
        label={t("Name (optional)")}
        autoComplete="name"
        autoFocus
        {...register("display_name")}
        error={errors.display_name?.message}
      />
      <TextField
        label={t("E-mail")}
        type="email"
        autoComplete="username"
        {...register("email")}
        error={errors.email?.message}
      />
      <PasswordField
        label={t("Password")}
        autoComplete="new-password"
        description={<Hint control={control} />}
        {...register("password")}
        error={errors.password?.message}
      />
    </FormFrame>
  );
}

function Hint({ control }: { control: Control<RegisterValues> }) {
  const { password, email, display_name } = useWatch({ control });
  const { errors } = useFormState({ control });
  return (
    <PasswordHint
      password={password ?? ""}
      about={[email ?? "", display_name ?? ""]}
      isRefused={errors.password?.type === "server"}
    />
  );
}

/** The same words whether there was an account already or not: this page must not tell. */
function LookIntoYourMail({ email }: { email: string }) {
  const t = useText();
  return (
    <MessageFrame
      icon={<MailCheck aria-hidden />}
      title={t("Look into your mail")}
      action={<NextStep href={paths.signIn}>{t("To the sign-in page")}</NextStep>}
    >
      <p>
        {t.parts(
          "We have written to {email}. Open the link in that mail to confirm the address, then sign in.",
          {
            email: (
              <strong key="email" className="font-medium text-ink">
                {email}
              </strong>
            ),
          },
        )}
      </p>
      <p>
        {t(
          "Nothing there after a few minutes? Look among the unwanted mail, or create the account once more.",
        )}
      </p>
    </MessageFrame>
  );
}
