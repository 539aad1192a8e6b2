"use client";

import { MailCheck } from "lucide-react";
import { useState } from "react";
import { type Control, useForm, useWatch } from "react-hook-form";
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

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).registerResolver);

export function RegisterForm() {
  const { connection } = useRuntime();
  const [failure, setFailure] = useState<unknown>();
  const [mailedTo, setMailedTo] = useState<string>();
  const { control, register, handleSubmit, setError, formState } = useForm<RegisterValues>({
    resolver,
    defaultValues: { display_name: "", email: "", password: "" },
    mode: "onTouched",
  });

  const { errors, isSubmitting } = formState;

  const submit = handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      if ((await createAccount(connection, values)) === "mailed") setMailedTo(values.email);
    } catch (error) {
      if (isTaken(error)) {
        const message = "There is an account with this e-mail address already";
        setError("email", { type: "server", message }, { shouldFocus: true });
      } else if (!showAtFields(error, ["display_name", "email", "password"], setError)) setFailure(error);
    }
  });

  if (mailedTo !== undefined) return <LookIntoYourMail email={mailedTo} />;
  return (
    <FormFrame
      title="Create your account"
      introduction={
        <>
          Already have one? <TextLink href={paths.signIn}>Sign in</TextLink>
        </>
      }
      failure={failure}
      submit="Create account"
      isPending={isSubmitting}
      onSubmit={(event) => void submit(event)}
    >
      <TextField
        label="Name (optional)"
        autoComplete="name"
        autoFocus
        {...register("display_name")}
        error={errors.display_name?.message}
      />
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        {...register("email")}
        error={errors.email?.message}
      />
      <PasswordField
        label="Password"
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
  return <PasswordHint password={password ?? ""} about={[email ?? "", display_name ?? ""]} />;
}

/** The same words whether there was an account already or not: this page must not tell. */
function LookIntoYourMail({ email }: { email: string }) {
  return (
    <MessageFrame
      icon={<MailCheck aria-hidden />}
      title="Look into your mail"
      action={<NextStep href={paths.signIn}>To the sign-in page</NextStep>}
    >
      <p>
        We have written to <strong className="font-medium text-ink">{email}</strong>. Open the link in that
        mail to confirm the address, then sign in.
      </p>
      <p>Nothing there after a few minutes? Look among the unwanted mail, or create the account once more.</p>
    </MessageFrame>
  );
}
