"use client";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
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
  const { title, detail } = explain(error);
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
            Try again
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
  return (
    <>
      {detail}
      <span aria-hidden className="mt-0.5 block tabular-nums">
        {left > 0 ? `${duration(left * 1000)} left` : "You can try again now."}
      </span>
    </>
  );
}
