import type { Metadata } from "next";
import { ProfileSection } from "@/features/account/components/profile-section";
import { AppearanceSection } from "@/features/settings/components/appearance-section";
import { LanguageSection } from "@/features/settings/components/language-section";
import { SignOutSection } from "@/features/settings/components/sign-out-section";

export const metadata: Metadata = { title: "Settings" };

export default function Page() {
  return (
    <>
      <ProfileSection />
      <AppearanceSection />
      <LanguageSection />
      <SignOutSection />
    </>
  );
}
