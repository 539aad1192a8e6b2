"use client";

import { LogOut } from "lucide-react";
import { SettingsSection } from "@/components/settings-section";
import { Button } from "@/components/ui/button";
import { useSignOut } from "@/components/use-sign-out";
import { useText } from "@/hooks/text";

export function SignOutSection() {
  const t = useText();
  const { signOut, isPending, question } = useSignOut();
  return (
    <SettingsSection
      title={t("Sign out")}
      description={t(
        "Ends the session in every tab of this browser and removes what Daybook keeps on this device.",
      )}
    >
      <Button onClick={signOut} isPending={isPending}>
        <LogOut aria-hidden className="size-4" />
        {t("Sign out")}
      </Button>
      {question}
    </SettingsSection>
  );
}
