"use client";

import { MailCheck, MailQuestion, Unlink } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Failure } from "@/components/failure";
import { lazyResolver } from "@/components/form/lazy-resolver";
import { useSubmission } from "@/components/form/use-submission";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import { TextLink } from "@/components/ui/text-link";
import { paths } from "@/config/paths";
import { isDeadLink, needsPassword, verify, verifyWithPassword } from "@/features/auth/api";
import { FormFrame } from "@/features/auth/components/form-frame";
import { MessageFrame, NextStep, Opening } from "@/features/auth/components/message-frame";
import { useLinkToken } from "@/features/auth/hooks/use-link-token";
import type { PasswordValues } from "@/features/auth/resolvers";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { useSession } from "@/hooks/use-session";

const resolver = lazyResolver(async () => (await import("@/features/auth/resolvers")).passwordResolver);

/** Where the link of the first mail leads. */
export function VerifyEmail() {
  const token = useLinkToken();
  const { phase } = useSession();
  if (token === undefined || phase === "restoring") return <Opening />;
  return token === null ? <DeadLink /> : <Confirmation key={token} token={token} />;
}

/** A link alone confirms nothing: whoever reads the mail has to be who uses the account. */
function Confirmation({ token }: { token: string }) {
  const { phase } = useSession();
  const [isDone, setDone] = useState(false);
  const [isOfAnother, setOfAnother] = useState(false);
  if (isDone) return <Done />;
  const onDone = () => setDone(true);
  return phase === "signed-in" && !isOfAnother ? (
    <Press token={token} onDone={onDone} onOther={() => setOfAnother(true)} />
  ) : (
    <PasswordForm token={token} onDone={onDone} />
  );
}

interface StepProps {
  token: string;
  onDone: () => void;
}

/** Asks for a press: programs that look through mail open its links, too, and must not confirm anything. */
function Press({ token, onDone, onOther }: StepProps & { onOther: () => void }) {
  const t = useText();
  const { connection } = useRuntime();
  const { run, isPending, failure } = useAction(async () => {
    try {
      await verify(connection, token);
      onDone();
    } catch (error) {
      if (!needsPassword(error)) throw error;
      onOther();
    }
  });
  if (isDeadLink(failure)) return <DeadLink />;
  return (
    <MessageFrame
      icon={<MailQuestion aria-hidden />}
      title={t("Confirm your address")}
      action={
        <div className="grid gap-5">
          {failure !== undefined && <Failure error={failure} />}
          <Button variant="primary" size="large" isPending={isPending} onClick={() => void run()}>
            {t("Confirm")}
          </Button>
        </div>
      }
    >
      <p>{t("One press, and we know that mail to this address reaches you.")}</p>
    </MessageFrame>
  );
}

function PasswordForm({ token, onDone }: StepProps) {
  const t = useText();
  const { connection } = useRuntime();
  const form = useForm<PasswordValues>({ resolver, defaultValues: { password: "" } });
  const submission = useSubmission(
    form,
    async ({ password }) => {
      await verifyWithPassword(connection, { token, password });
      onDone();
    },
    { password: "password" },
  );
  if (isDeadLink(submission.failure)) return <DeadLink />;
  return (
    <FormFrame
      title={t("Confirm your address")}
      introduction={t(
        "Give the password of the account. If you did not open one, close this page: without the password nothing is confirmed.",
      )}
      submit={t("Confirm")}
      {...submission}
    >
      <PasswordField
        label={t("Password")}
        autoComplete="current-password"
        autoFocus
        {...form.register("password")}
        error={form.formState.errors.password?.message}
        aside={<TextLink href={paths.forgot}>{t("Forgot it?")}</TextLink>}
      />
    </FormFrame>
  );
}

function Done() {
  const t = useText();
  const { phase } = useSession();
  const next =
    phase === "signed-out" ? (
      <NextStep href={paths.signIn}>{t("Sign in")}</NextStep>
    ) : (
      <NextStep href={paths.todos}>{t("To your todos")}</NextStep>
    );
  return (
    <MessageFrame icon={<MailCheck aria-hidden />} title={t("Your address is confirmed")} action={next}>
      <p>{t("Thank you. Mail about your account will find you there.")}</p>
    </MessageFrame>
  );
}

function DeadLink() {
  const t = useText();
  const { phase } = useSession();
  const next =
    phase === "signed-out" ? (
      <NextStep href={paths.signIn}>{t("Sign in")}</NextStep>
    ) : (
      <NextStep href={paths.settings}>{t("To your settings")}</NextStep>
    );
  return (
    <MessageFrame icon={<Unlink aria-hidden />} title={t("This link does not work")} action={next}>
      <p>
        {t(
          "It is too old, it was used already, or a part of it is missing. If your address is confirmed, all is well; if it is not, the settings can send you a new mail.",
        )}
      </p>
    </MessageFrame>
  );
}
