import { AppShell } from "@/components/app-shell";
import { PageSkeleton } from "@/components/page-skeleton";
import { SessionGate } from "@/features/auth/components/session-gate";
import { StoreGate } from "@/features/sync/components/store-gate";
import { SyncNotices } from "@/features/sync/components/sync-notices";
import { SyncStatus } from "@/features/sync/components/sync-status";
import { BottomBar } from "@/features/todos/components/bottom-bar";
import { Keyboard } from "@/features/todos/components/keyboard";
import { SideBar } from "@/features/todos/components/side-bar";

export default function SignedInLayout({ children }: { children: React.ReactNode }) {
  return (
    <SessionGate placeholder={<PageSkeleton />}>
      <StoreGate placeholder={<PageSkeleton />}>
        <AppShell status={<SyncStatus />} sideBar={<SideBar />} bottomBar={<BottomBar />}>
          <SyncNotices />
          {children}
        </AppShell>
        <Keyboard />
      </StoreGate>
    </SessionGate>
  );
}
