"use client";

import { useState } from "react";
import { useForm } from "react-hook-form";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { showAtFields } from "@/components/form/problems";
import { Notice } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import { TextLink } from "@/components/ui/text-link";
import { paths } from "@/config/paths";
import { isWrongPassword, signIn } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import type { SignInValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useSession } from "@/hooks/use-session";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).signInResolver);

export function SignInForm() {
  const { connection } = useRuntime();
  const [failure, setFailure] = useState<unknown>();
  const { register, handleSubmit, setError, setFocus, setValue, formState } = useForm<SignInValues>({
    resolver,
    defaultValues: { email: "", password: "" },
    mode: "onTouched",
  });

  const { errors, isSubmitting } = formState;

  const submit = handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      await signIn(connection, values);
    } catch (error) {
      if (isWrongPassword(error)) {
        setValue("password", "");
        setError("password", { type: "server", message: "The e-mail address or the password is wrong" });
        setFocus("password");
      } else if (!showAtFields(error, ["email", "password"], setError)) setFailure(error);
    }
  });

  return (
    <FormFrame
      title="Welcome back"
      introduction={
        <>
          New here? <TextLink href={paths.register}>Create an account</TextLink>
        </>
      }
      notice={<LeftNotice />}
      failure={failure}
      submit="Sign in"
      isPending={isSubmitting}
      onSubmit={(event) => void submit(event)}
    >
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        autoFocus
        {...register("email")}
        error={errors.email?.message}
      />
      <PasswordField
        label="Password"
        autoComplete="current-password"
        {...register("password")}
        error={errors.password?.message}
      />
    </FormFrame>
  );
}

/** Nobody should wonder why they see this page. */
function LeftNotice() {
  const session = useSession();
  if (session.phase !== "signed-out") return null;
  if (session.reason === "elsewhere") return <Notice title="You signed out in another tab." />;
  if (session.reason !== "ended") return null;
  return (
    <Notice tone="warning" title="Your session has ended.">
      Sign in again to go on. Changes that were not sent yet are still on this device.
    </Notice>
  );
}
