"use client";

import { useState } from "react";
import { useForm } from "react-hook-form";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { answerWithPasskey, type Challenge, signIn } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import { PasskeyButton } from "@/features/auth/components/passkey-button";
import type { CodeValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).codeResolver);

interface SecondStepProps {
  challenge: Challenge;
  onBack: () => void;
}

/** Asks for what only the owner of the account has at hand. */
export default function SecondStep({ challenge, onBack }: SecondStepProps) {
  const t = useText();
  const { connection } = useRuntime();
  const { methods } = challenge;
  // A recovery code is used up, and is for who has lost what they usually show.
  const [byCode, setByCode] = useState(methods.includes("totp") || !methods.includes("passkey"));
  const passkey = methods.includes("passkey") && (
    <PasskeyButton
      label={t("Use a passkey")}
      signIn={(signal) => answerWithPasskey(connection, challenge, signal)}
    />
  );
  const back = (
    <Button variant="ghost" className="mt-3 w-full" onClick={onBack}>
      {t("Use another account")}
    </Button>
  );
  if (!byCode) {
    return (
      <>
        <h1 className="font-semibold text-3xl tracking-tight">{t("One more step")}</h1>
        <p className="mt-2 text-pretty text-soft">{t("Show with your passkey that it is you.")}</p>
        {passkey}
        {methods.includes("recovery_code") && (
          <Button variant="ghost" className="mt-3 w-full" onClick={() => setByCode(true)}>
            {t("Use a recovery code instead")}
          </Button>
        )}
        {back}
      </>
    );
  }
  return (
    <CodeForm
      challenge={challenge}
      footer={
        <>
          {passkey}
          {back}
        </>
      }
    />
  );
}

function CodeForm({ challenge, footer }: { challenge: Challenge; footer: React.ReactNode }) {
  const t = useText();
  const { connection } = useRuntime();
  const { credentials, methods } = challenge;
  const [isRecovery, setRecovery] = useState(!methods.includes("totp"));
  const form = useForm<CodeValues>({ resolver, defaultValues: { code: "" } });
  const { onSubmit, failure, isPending } = useSubmission(
    form,
    ({ code }) => signIn(connection, credentials, { code: code.replaceAll(/\s/g, "") }),
    { code: "code" },
  );
  const swap = () => {
    setRecovery(!isRecovery);
    form.reset();
    form.setFocus("code");
  };
  return (
    <FormFrame
      title={t("One more step")}
      introduction={
        isRecovery
          ? t("Enter one of the recovery codes that you have kept. Each works once.")
          : t("Enter the six digits that your authenticator app shows for Daybook.")
      }
      failure={failure}
      submit={t("Sign in")}
      isPending={isPending}
      onSubmit={onSubmit}
      footer={footer}
    >
      <TextField
        key={isRecovery ? "recovery" : "totp"}
        label={isRecovery ? t("Recovery code") : t("Code")}
        inputMode={isRecovery ? "text" : "numeric"}
        autoComplete="one-time-code"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        autoFocus
        look="code"
        {...form.register("code")}
        error={form.formState.errors.code?.message}
      />
      {methods.includes("totp") && methods.includes("recovery_code") && (
        <button
          type="button"
          onClick={swap}
          className="w-fit cursor-pointer rounded-sm font-medium text-accent text-sm underline decoration-accent/40 underline-offset-4 hover:decoration-accent"
        >
          {isRecovery ? t("Use the authenticator app instead") : t("Use a recovery code instead")}
        </button>
      )}
    </FormFrame>
  );
}
