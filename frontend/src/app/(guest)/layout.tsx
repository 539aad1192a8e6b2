import { AuthLayout } from "@/features/auth/components/auth-layout";
import { GuestGate } from "@/features/auth/components/guest-gate";

export default function GuestLayout({ children }: { children: React.ReactNode }) {
  return (
    <GuestGate>
      <AuthLayout>{children}</AuthLayout>
    </GuestGate>
  );
}
