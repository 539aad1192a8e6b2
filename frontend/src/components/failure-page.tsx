"use client";

import { LifeBuoy } from "lucide-react";
import { useEffect } from "react";
import { Wordmark } from "@/components/brand";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useReload } from "@/components/use-reload";
import { useText } from "@/hooks/text";

/** The app made a mistake. What was typed is in the drafts and in the journal, and comes back with the page. */
export function FailurePage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useText();
  const reload = useReload();
  useEffect(() => {
    globalThis.reportError(error);
  }, [error]);
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr] px-5 py-6 sm:px-10">
      <header>
        <Wordmark />
      </header>
      <main className="m-auto">
        <EmptyState
          level={1}
          icon={<LifeBuoy aria-hidden />}
          title={t("This page has failed")}
          action={
            <div className="flex flex-wrap justify-center gap-3">
              <Button variant="primary" onClick={onRetry}>
                {t("Try again")}
              </Button>
              <Button onClick={reload}>{t("Load the page anew")}</Button>
            </div>
          }
        >
          {t(
            "That is a mistake of ours. What you wrote is kept on this device and will be there when the page is back.",
          )}
        </EmptyState>
      </main>
    </div>
  );
}
