import type { Metadata } from "next";
import { ForgotForm } from "@/features/auth/components/forgot-form";

export const metadata: Metadata = { title: "Forgot your password?" };

export default function Page() {
  return <ForgotForm />;
}
