"use client";

import { CloudOff } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useText } from "@/hooks/text";
import { useOnline } from "@/hooks/use-online";
import { useSession } from "@/hooks/use-session";
import { explain } from "@/lib/api/explain";

/** The server cannot say who is here, and nobody was here before. */
export function CannotOpen({ error }: { error: unknown }) {
  const t = useText();
  const { session } = useSession();
  const { title, detail } = explain(t, error, useOnline());
  return (
    <main className="grid min-h-dvh place-items-center px-4">
      <EmptyState
        icon={<CloudOff aria-hidden />}
        title={title}
        level={1}
        action={<Button onClick={() => session.wake()}>{t("Try again")}</Button>}
      >
        {detail}
      </EmptyState>
    </main>
  );
}
