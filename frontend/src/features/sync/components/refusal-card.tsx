"use client";

import { useState } from "react";
import { offerUndo } from "@/components/offer-undo";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { useText } from "@/hooks/text";
import { useTodoStore } from "@/hooks/todo-store";
import { fieldNames, fieldWords } from "@/lib/field-words";
import { editable, type Refusal } from "@/lib/sync/types";

/** A change that the server does not take, with its reasons. The title can be mended here. */
export function RefusalCard({ refusal }: { refusal: Refusal }) {
  const t = useText();
  const store = useTodoStore();
  const { id, kind, title, changes, problem } = refusal;
  const wanted = changes.title?.to;
  const [text, setText] = useState(wanted ?? "");
  const reasons = problem.errors.map(({ detail }) => t.any(detail));
  const others = editable.filter((field) => field !== "title" && changes[field] !== undefined);
  const retry = () => {
    const patch = wanted === undefined ? undefined : { title: text.trim() };
    offerUndo(store, t, store.retry(id, patch), t("Sent again"), title);
  };
  const giveUp = () => offerUndo(store, t, store.discard(id), t("Given up"), title);

  return (
    <section aria-label={title} className="rounded-2xl border bg-surface p-4 sm:p-5">
      <h3 className="font-medium [overflow-wrap:anywhere]">{t("“{title}”", { title })}</h3>
      <p className="mt-0.5 text-soft text-sm">
        {t("The server does not take this change: {reason}", { reason: t.any(problem.title) })}
      </p>
      {(reasons.length > 0 || problem.detail) && (
        <ul className="mt-2 list-disc ps-5 text-danger text-sm">
          {(reasons.length > 0 ? reasons : [t.any(problem.detail ?? "")]).map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <div className="mt-4 grid gap-3">
        {kind === "delete" && <p className="text-sm">{t("You wanted to delete it.")}</p>}
        {kind === "restore" && <p className="text-sm">{t("You wanted to restore it.")}</p>}
        {wanted !== undefined && (
          <TextField label={t("Title")} value={text} onChange={(event) => setText(event.target.value)} />
        )}
        {others.map((field) => (
          <p key={field} className="text-sm [overflow-wrap:anywhere]">
            <span className="text-faint">{t.any(fieldNames[field])}: </span>
            <bdi>{fieldWords(t, field, changes[field]?.to as never)}</bdi>
          </p>
        ))}
      </div>
      <div className="mt-5 flex flex-wrap gap-2">
        <Button variant="primary" disabled={wanted !== undefined && !text.trim()} onClick={retry}>
          {t("Send it again")}
        </Button>
        <Button onClick={giveUp}>{t("Give this change up")}</Button>
      </div>
    </section>
  );
}
