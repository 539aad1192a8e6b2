"use client";

import { History } from "lucide-react";
import { lazy, Suspense } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useText } from "@/hooks/text";
import { useDisclosure } from "@/hooks/use-disclosure";
import type { TodoView } from "@/lib/sync/types";

const HistoryList = lazy(() => import("@/features/todos/components/history-list"));

/** Who changed what when: asked of the server when somebody wants to know. */
export function HistorySection({ todo }: { todo: TodoView }) {
  const t = useText();
  const { isOpen, open, triggerRef } = useDisclosure();
  if (!isOpen) {
    return (
      <Button ref={triggerRef} variant="ghost" className="-ms-2 w-fit" onClick={open}>
        <History aria-hidden className="size-4" />
        {t("Show the history")}
      </Button>
    );
  }
  return (
    <section aria-label={t("History")}>
      <h3 className="mb-2 font-medium text-sm">{t("History")}</h3>
      <Suspense fallback={<Skeleton className="h-24 w-full rounded-xl" />}>
        <HistoryList key={todo.version} todoId={todo.id} />
      </Suspense>
    </section>
  );
}
