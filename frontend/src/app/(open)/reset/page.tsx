import type { Metadata } from "next";
import { ResetForm } from "@/features/auth/components/reset-form";

export const metadata: Metadata = { title: "Choose a new password", referrer: "no-referrer" };

export default function Page() {
  return <ResetForm />;
}
