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
import { type Challenge, isUnverified, methodsOf, signIn, signInWithPasskey } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import { PasskeyButton } from "@/features/auth/components/passkey-button";
import type { SignInValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useSession } from "@/hooks/use-session";
import { isWrongPassword } from "@/lib/api/problems";
import { text } from "@/lib/i18n/translate";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).signInResolver);

interface SignInFormProps {
  onChallenge: (challenge: Challenge) => void;
}

export function SignInForm({ onChallenge }: SignInFormProps) {
  const t = useText();
  const { connection } = useRuntime();
  const [failure, setFailure] = useState<unknown>();
  const { register, handleSubmit, setError, setFocus, setValue, formState } = useForm<SignInValues>({
    resolver,
    // No values of its own: what was typed, or filled in, before the page was ready is taken over from the fields.
    mode: "onTouched",
  });

  const { errors, isSubmitting } = formState;

  const refuse = (error: unknown, credentials: SignInValues) => {
    const methods = methodsOf(error);
    if (methods) onChallenge({ credentials, methods });
    else if (isWrongPassword(error)) {
      setValue("password", "");
      setError("password", { type: "server", message: text("The e-mail address or the password is wrong") });
      setFocus("password");
    } else if (!showAtFields(error, ["email", "password"], setError)) setFailure(error);
  };
  const submit = handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      await signIn(connection, values);
    } catch (error) {
      refuse(error, values);
    }
  });

  return (
    <FormFrame
      title={t("Welcome back")}
      introduction={
        <>
          {t("New here?")} <TextLink href={paths.register}>{t("Create an account")}</TextLink>
        </>
      }
      notice={isUnverified(failure) ? <UnverifiedNotice /> : <LeftNotice />}
      failure={isUnverified(failure) ? undefined : failure}
      submit={t("Sign in")}
      isPending={isSubmitting}
      onSubmit={(event) => void submit(event)}
      footer={<PasskeyButton signIn={(signal) => signInWithPasskey(connection, signal)} />}
    >
      <TextField
        label={t("E-mail")}
        type="email"
        autoComplete="username"
        autoFocus
        {...register("email")}
        error={errors.email?.message}
      />
      <PasswordField
        label={t("Password")}
        autoComplete="current-password"
        {...register("password")}
        error={errors.password?.message}
        aside={<TextLink href={paths.forgot}>{t("Forgot it?")}</TextLink>}
      />
    </FormFrame>
  );
}

function UnverifiedNotice() {
  const t = useText();
  return (
    <Notice tone="warning" title={t("Your e-mail address is not confirmed yet.")}>
      {t("We have just mailed you a link. Open it, then sign in.")}
    </Notice>
  );
}

/** Nobody should wonder why they see this page. */
function LeftNotice() {
  const t = useText();
  const session = useSession();
  if (session.phase !== "signed-out") return null;
  if (session.reason === "elsewhere") return <Notice title={t("You signed out in another tab.")} />;
  if (session.reason === "deleted")
    return (
      <Notice title={t("Your account has been deleted.")}>
        {t("Your todos are gone with it. Thank you for writing.")}
      </Notice>
    );
  if (session.reason !== "ended") return null;
  return (
    <Notice tone="warning" title={t("Your session has ended.")}>
      {t("Sign in again to go on. Changes that were not sent yet are still on this device.")}
    </Notice>
  );
}
