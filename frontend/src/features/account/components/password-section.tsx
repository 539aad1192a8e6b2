"use client";

import { lazy, Suspense } from "react";
import { SettingsSection } from "@/components/settings-section";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useText } from "@/hooks/text";
import { useDisclosure } from "@/hooks/use-disclosure";
import type { SecondFactor } from "@/lib/passwords";

const PasswordForm = lazy(() => import("@/features/account/components/password-form"));

export function PasswordSection({ secondFactor }: { secondFactor: SecondFactor }) {
  const t = useText();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  return (
    <SettingsSection
      title={t("Password")}
      description={t(
        "Changing it signs out every other device. Length is what counts: a short sentence is better than a word with signs.",
      )}
    >
      {isOpen ? (
        <Suspense fallback={<Skeleton className="h-64 w-full rounded-2xl" />}>
          <PasswordForm secondFactor={secondFactor} onClose={close} />
        </Suspense>
      ) : (
        <Button ref={triggerRef} onClick={open}>
          {t("Change the password")}
        </Button>
      )}
    </SettingsSection>
  );
}
