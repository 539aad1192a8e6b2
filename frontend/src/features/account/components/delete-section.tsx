"use client";

import { lazy, Suspense } from "react";
import { SettingsSection } from "@/components/settings-section";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useText } from "@/hooks/text";
import { useDisclosure } from "@/hooks/use-disclosure";

const load = () => import("@/features/account/components/delete-form");
const DeleteForm = lazy(load);

export function DeleteSection() {
  const t = useText();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  return (
    <SettingsSection
      title={t("Delete my account")}
      description={t(
        "Removes your account and all your todos, on every device, for good. Export what you want to keep first.",
      )}
    >
      {isOpen ? (
        <Suspense fallback={<Skeleton className="h-64 w-full rounded-2xl" />}>
          <DeleteForm onClose={close} />
        </Suspense>
      ) : (
        <Button ref={triggerRef} variant="danger" onPointerEnter={load} onFocus={load} onClick={open}>
          {t("Delete my account…")}
        </Button>
      )}
    </SettingsSection>
  );
}
