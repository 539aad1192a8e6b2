"use client";

import { usePathname } from "next/navigation";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { classes } from "@/components/ui/classes";
import { Notice } from "@/components/ui/notice";
import { useReload } from "@/components/use-reload";
import { isTodosPath } from "@/config/paths";
import { storageWarnings } from "@/features/sync/storage-warnings";
import { useText } from "@/hooks/text";
import { useSnapshot } from "@/hooks/todo-store";

const load = () => import("@/features/sync/components/decisions");
const Decisions = lazy(load);

/** Loaded when there is something to say: that is rare. */
export default function NoticeList() {
  const t = useText();
  const reload = useReload();
  const { conflicts, refusals, storage, crowded } = useSnapshot();
  const pathname = usePathname();
  const [isOpen, setOpen] = useState(false);
  const warning = storageWarnings[storage];
  const hasDecisions = conflicts.length + refusals.length > 0;

  return (
    <div className={classes("print:hidden", isTodosPath(pathname) && "xl:pe-96")}>
      <div className="mx-auto mb-6 grid max-w-2xl gap-3">
        {warning && (
          <Notice
            tone="warning"
            title={t.any(warning.title)}
            action={warning.reloads && <Button onClick={reload}>{t("Load the page anew")}</Button>}
          >
            {t.any(warning.detail)}
          </Notice>
        )}
        {crowded && (
          <Notice tone="warning" title={t("Very many changes wait")}>
            {t("Connect to the network before you go on for long.")}
          </Notice>
        )}
        {hasDecisions && (
          <Notice
            tone="warning"
            title={titleOf(t, conflicts.length, refusals.length)}
            action={
              <Button onPointerEnter={load} onFocus={load} onClick={() => setOpen(true)}>
                {t("Look at it")}
              </Button>
            }
          >
            {t("Nothing is lost or overwritten: it waits until you have decided.")}
          </Notice>
        )}
      </div>
      {isOpen && (
        <Suspense>
          <Decisions onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

function titleOf(t: ReturnType<typeof useText>, conflicts: number, refusals: number): string {
  const parts = [
    conflicts > 0 &&
      t.count(
        conflicts,
        "{count} todo was changed in two places",
        "{count} todos were changed in two places",
      ),
    refusals > 0 && t.count(refusals, "{count} change was refused", "{count} changes were refused"),
  ];
  return parts.filter(Boolean).join(" · ");
}
