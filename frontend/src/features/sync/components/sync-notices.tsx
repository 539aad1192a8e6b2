"use client";

import { lazy, Suspense } from "react";
import { Boundary } from "@/components/boundary";
import { useSnapshot } from "@/hooks/todo-store";
import type { StorageState } from "@/lib/sync/types";

const NoticeList = lazy(() => import("@/features/sync/components/notice-list"));

/** Nothing is wrong with keeping things on this device. */
const fine: ReadonlySet<StorageState> = new Set(["opening", "ready", "fallback"]);

/** What needs the person: above the page, because nothing else will settle it. */
export function SyncNotices() {
  const { conflicts, refusals, storage, crowded } = useSnapshot();
  if (conflicts.length + refusals.length === 0 && fine.has(storage) && !crowded) return null;
  return (
    <Boundary>
      <Suspense>
        <NoticeList />
      </Suspense>
    </Boundary>
  );
}
