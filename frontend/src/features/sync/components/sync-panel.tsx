"use client";

import { Dialog } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { Button } from "@/components/ui/button";
import { storageWarnings } from "@/features/sync/storage-warnings";
import { syncWords } from "@/features/sync/sync-words";
import { useText } from "@/hooks/text";
import { useSnapshot, useTodoStore } from "@/hooks/todo-store";
import { useOnline } from "@/hooks/use-online";
import { useSession } from "@/hooks/use-session";

interface SyncPanelProps {
  triggerRef: React.RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** What has been saved where, in whole sentences. */
export default function SyncPanel({ triggerRef, onClose }: SyncPanelProps) {
  const t = useText();
  const store = useTodoStore();
  const { session } = useSession();
  const snapshot = useSnapshot();
  const online = useOnline();
  const { short, long, tone } = syncWords(t, snapshot, online);
  const warning = storageWarnings[snapshot.storage];
  const retry = () => {
    session.wake();
    store.kick();
  };
  return (
    <Popover
      isOpen
      triggerRef={triggerRef}
      onOpenChange={(open) => !open && onClose()}
      placement="bottom end"
      offset={6}
      className="w-80 max-w-[calc(100vw-1.5rem)] animate-rise rounded-2xl border bg-raised p-4 text-sm shadow-pop"
    >
      <Dialog aria-label={t("What is saved")} className="grid gap-3 outline-none">
        <div>
          <p className="font-medium">{short}</p>
          <p className="mt-0.5 text-soft">{long}</p>
        </div>
        <p className="text-faint">
          {snapshot.live
            ? t("Changes from your other devices come in as they happen.")
            : t("Changes from your other devices come in when the connection is back.")}
        </p>
        {snapshot.crowded && (
          <p className="text-warn">
            {t("Very many changes wait. Connect to the network before you go on for long.")}
          </p>
        )}
        {warning && (
          <p className="text-warn">
            <span className="block font-medium">{t.any(warning.title)}</span>
            {t.any(warning.detail)}
          </p>
        )}
        {tone === "stuck" && online && (
          <Button className="w-fit" onClick={retry}>
            {t("Try again now")}
          </Button>
        )}
      </Dialog>
    </Popover>
  );
}
