import type { Metadata } from "next";
import { VerifyEmail } from "@/features/auth/components/verify-email";

export const metadata: Metadata = { title: "Confirm your e-mail address", referrer: "no-referrer" };

export default function Page() {
  return <VerifyEmail />;
}
