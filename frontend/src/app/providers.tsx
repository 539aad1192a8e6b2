"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { TextProvider } from "@/components/text-provider";
import { ThemeKeeper } from "@/components/theme-keeper";
import { StoreProvider } from "@/features/sync/components/store-provider";
import { type Runtime, RuntimeContext } from "@/hooks/runtime";
import { connect } from "@/lib/api/connect";
import { browserArea } from "@/lib/storage/area";
import { createLocal } from "@/lib/storage/local";
import { eraseTodos, finishErasing } from "@/lib/sync/persistence/erase";
import { browserLocks } from "@/lib/tabs/locks";

const AppUpdate = dynamic(() => import("@/components/app-update"), { ssr: false });
const Toaster = dynamic(() => import("@/components/ui/toaster"), { ssr: false });

/** Everything that lives as long as the tab. Nothing here touches the browser before `start`. */
function createRuntime(): Runtime {
  const area = browserArea();
  const local = createLocal(area);
  const forget = (userId: string) => {
    local.drafts(userId).remove();
    eraseTodos(area, userId, browserLocks());
  };
  return { area, local, connection: connect(local, forget) };
}

export function Providers({ children }: { children: React.ReactNode }) {
  const [runtime] = useState(createRuntime);

  useEffect(() => runtime.connection.session.start(), [runtime]);
  useEffect(() => void finishErasing(runtime.area, browserLocks()), [runtime]);

  return (
    <RuntimeContext value={runtime}>
      <ThemeKeeper />
      <TextProvider>
        <StoreProvider>
          {children}
          <AppUpdate />
        </StoreProvider>
        <Toaster />
      </TextProvider>
    </RuntimeContext>
  );
}
