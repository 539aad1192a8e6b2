"use client";

import { MailCheck, MailQuestion, Unlink } from "lucide-react";
import { useState } from "react";
import { Failure } from "@/components/failure";
import { Button } from "@/components/ui/button";
import { paths } from "@/config/paths";
import { isDeadLink, verify } from "@/features/auth/api";
import { MessageFrame, NextStep, Opening } from "@/features/auth/components/message-frame";
import { useLinkToken } from "@/features/auth/hooks/use-link-token";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { useSession } from "@/hooks/use-session";

/** Where the link of the first mail leads. */
export function VerifyEmail() {
  const token = useLinkToken();
  if (token === undefined) return <Opening />;
  return token === null ? <DeadLink /> : <Confirmation key={token} token={token} />;
}

/** Asks for a press: programs that look through mail open its links, too, and must not confirm anything. */
function Confirmation({ token }: { token: string }) {
  const t = useText();
  const { connection } = useRuntime();
  const [isDone, setDone] = useState(false);
  const { run, isPending, failure } = useAction(async () => {
    await verify(connection, token);
    setDone(true);
  });
  if (isDone) return <Done />;
  if (isDeadLink(failure)) return <DeadLink />;
  return (
    <MessageFrame
      icon={<MailQuestion aria-hidden />}
      title={t("Confirm your e-mail address")}
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
