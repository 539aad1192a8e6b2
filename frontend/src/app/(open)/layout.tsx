import { AuthLayout } from "@/features/auth/components/auth-layout";

/** Where links in mails lead: for everybody, signed in or not. */
export default function OpenLayout({ children }: { children: React.ReactNode }) {
  return <AuthLayout>{children}</AuthLayout>;
}
