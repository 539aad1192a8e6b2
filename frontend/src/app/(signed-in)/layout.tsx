import { AppShell } from "@/components/app-shell";
import { PageSkeleton } from "@/components/page-skeleton";
import { SessionGate } from "@/features/auth/components/session-gate";
import { SyncStatus } from "@/features/sync/components/sync-status";

export default function SignedInLayout({ children }: { children: React.ReactNode }) {
  return (
    <SessionGate placeholder={<PageSkeleton />}>
      <AppShell status={<SyncStatus />}>{children}</AppShell>
    </SessionGate>
  );
}
