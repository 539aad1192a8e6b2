"use client";

import { useEffect } from "react";
import Dialog from "@/components/ui/dialog";
import { ConflictCard } from "@/features/sync/components/conflict-card";
import { RefusalCard } from "@/features/sync/components/refusal-card";
import { useText } from "@/hooks/text";
import { useSnapshot } from "@/hooks/todo-store";

/** Everything that waits for the person, one below the other. It closes when nothing is left. */
export default function Decisions({ onClose }: { onClose: () => void }) {
  const t = useText();
  const { conflicts, refusals } = useSnapshot();
  const isDone = conflicts.length + refusals.length === 0;
  useEffect(() => {
    if (isDone) onClose();
  }, [isDone, onClose]);

  return (
    <Dialog title={t("What do you want to keep?")} onClose={onClose}>
      <div className="grid gap-5">
        {conflicts.map((conflict) => (
          <ConflictCard key={conflict.todo_id} conflict={conflict} />
        ))}
        {refusals.map((refusal) => (
          <RefusalCard key={refusal.id} refusal={refusal} />
        ))}
      </div>
    </Dialog>
  );
}
