import type { Metadata } from "next";
import { SecuritySettings } from "@/features/account/components/security-settings";

export const metadata: Metadata = { title: "Security" };

export default function Page() {
  return <SecuritySettings />;
}
