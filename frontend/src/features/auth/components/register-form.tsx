"use client";

import { useState } from "react";
import { type Control, useForm, useWatch } from "react-hook-form";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { showAtFields } from "@/components/form/problems";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import { TextLink } from "@/components/ui/text-link";
import { paths } from "@/config/paths";
import { register as createAccount, isTaken } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import { PASSWORD_LENGTH } from "@/features/auth/limits";
import type { RegisterValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).registerResolver);

export function RegisterForm() {
  const { connection } = useRuntime();
  const [failure, setFailure] = useState<unknown>();
  const { control, register, handleSubmit, setError, formState } = useForm<RegisterValues>({
    resolver,
    defaultValues: { display_name: "", email: "", password: "" },
    mode: "onTouched",
  });

  const { errors, isSubmitting } = formState;

  const submit = handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      await createAccount(connection, values);
    } catch (error) {
      if (isTaken(error)) {
        const message = "There is an account with this e-mail address already";
        setError("email", { type: "server", message }, { shouldFocus: true });
      } else if (!showAtFields(error, ["display_name", "email", "password"], setError)) setFailure(error);
    }
  });

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
        description={<LengthHint control={control} />}
        {...register("password")}
        error={errors.password?.message}
      />
    </FormFrame>
  );
}

/** Length is what makes a password strong; a sentence is long and easy to remember. */
function LengthHint({ control }: { control: Control<RegisterValues> }) {
  const { length } = useWatch({ control, name: "password" });
  const left = PASSWORD_LENGTH.min - length;
  if (length === 0) return `At least ${PASSWORD_LENGTH.min} characters. A short sentence works well.`;
  return left > 0 ? `${left} more ${left === 1 ? "character" : "characters"} to go` : "Long enough";
}
