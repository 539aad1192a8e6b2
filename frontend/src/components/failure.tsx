"use client";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useText } from "@/hooks/text";
import { useCountdown } from "@/hooks/use-countdown";
import { duration, explain } from "@/lib/api/explain";
import { retryAfterOf } from "@/lib/api/problems";

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
  isRetrying?: boolean;
  className?: string;
}

/** What went wrong, where it went wrong; counts down when the server asks to wait. */
export function Failure({ error, onRetry, isRetrying = false, className }: FailureProps) {
  const t = useText();
  const { title, detail } = explain(t, error);
  const wait = retryAfterOf(error);
  const left = useCountdown(wait);
  return (
    <Notice
      tone="error"
      title={title}
      {...(className && { className })}
      action={
        onRetry && (
          <Button isPending={isRetrying} onClick={onRetry}>
            {t("Try again")}
          </Button>
        )
      }
    >
      {wait === undefined ? detail : <Waiting detail={detail} left={left} />}
    </Notice>
  );
}

/** Read out once, with the whole time; the counting is for the eyes. */
function Waiting({ detail, left }: { detail: string; left: number }) {
  const t = useText();
  return (
    <>
      {detail}
      <span aria-hidden className="mt-0.5 block tabular-nums">
        {left > 0 ? t("{time} left", { time: duration(t, left * 1000) }) : t("You can try again now.")}
      </span>
    </>
  );
}
