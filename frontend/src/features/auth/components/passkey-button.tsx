"use client";

import { KeyRound } from "lucide-react";
import { useEffect, useRef } from "react";
import { Failure } from "@/components/failure";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { isWrongCode } from "@/lib/api/problems";

interface PasskeyButtonProps {
  signIn: (signal: AbortSignal) => Promise<void>;
  label?: string;
}

/** The other way in, under the form. Leaving the page closes the browser's question. */
export function PasskeyButton({ signIn, label }: PasskeyButtonProps) {
  const t = useText();
  const leaving = useRef<AbortController>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);
  const { run, isPending, failure } = useAction(() => {
    leaving.current = new AbortController();
    return signIn(leaving.current.signal);
  });
  return (
    <div className="mt-6 grid gap-5">
      <p
        aria-hidden
        className="flex items-center gap-4 text-faint text-sm before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line"
      >
        {t("or|between two ways to sign in")}
      </p>
      {isWrongCode(failure) ? (
        <Notice tone="error" title={t("This passkey is not known here")}>
          {t("It may have been removed from the account. Sign in another way.")}
        </Notice>
      ) : (
        failure !== undefined && <Failure error={failure} />
      )}
      <Button size="large" isPending={isPending} onClick={() => void run()} className="w-full">
        <KeyRound aria-hidden className="size-4.5" />
        {label ?? t("Sign in with a passkey")}
      </Button>
    </div>
  );
}
