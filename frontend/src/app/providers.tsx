"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { ThemeKeeper } from "@/components/theme-keeper";
import { StoreProvider } from "@/features/sync/components/store-provider";
import { type Runtime, RuntimeContext } from "@/hooks/runtime";
import { connect } from "@/lib/api/connect";
import { browserArea } from "@/lib/storage/area";
import { createLocal } from "@/lib/storage/local";
import { eraseJournal } from "@/lib/sync/journal";

const Toaster = dynamic(() => import("@/components/ui/toaster"), { ssr: false });

/** Everything that lives as long as the tab. Nothing here touches the browser before `start`. */
function createRuntime(): Runtime {
  const area = browserArea();
  const local = createLocal(area);
  const forget = (userId: string) => {
    local.drafts(userId).remove();
    eraseJournal(area, userId);
  };
  return { area, local, connection: connect(local, forget) };
}

export function Providers({ children }: { children: React.ReactNode }) {
  const [runtime] = useState(createRuntime);

  useEffect(() => runtime.connection.session.start(), [runtime]);
  useEffect(() => {
    if (process.env.NODE_ENV === "production") void navigator.serviceWorker?.register("/sw.js");
  }, []);

  return (
    <RuntimeContext value={runtime}>
      <ThemeKeeper />
      <StoreProvider>{children}</StoreProvider>
      <Toaster />
    </RuntimeContext>
  );
}
