import type { Metadata } from "next";
import { PasskeysSection } from "@/features/account/components/passkeys-section";
import { PasswordSection } from "@/features/account/components/password-section";
import { SecondFactorSection } from "@/features/account/components/second-factor-section";

export const metadata: Metadata = { title: "Security" };

export default function Page() {
  return (
    <>
      <PasswordSection />
      <SecondFactorSection />
      <PasskeysSection />
    </>
  );
}
