"use client";

import { useId } from "react";
import { useEdit } from "@/features/todos/hooks/use-edit";
import { DESCRIPTION_LENGTH } from "@/features/todos/limits";
import { useText } from "@/hooks/text";
import type { TodoView } from "@/lib/sync/types";

/** Saved when the field is left, by Escape as well: it may be much that was typed. Ctrl-Z takes it back from there. */
export function DescriptionField({ todo }: { todo: TodoView }) {
  const t = useText();
  const id = useId();
  const { text, type, save } = useEdit(todo, "description");

  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    const done = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
    if (!done || event.nativeEvent.isComposing) return;
    // It leaves this field, not the panel around it, which takes the focus: another Escape closes that.
    event.preventDefault();
    event.stopPropagation();
    const panel = event.currentTarget.closest<HTMLElement>("aside, [role=dialog]");
    if (panel) panel.focus();
    else event.currentTarget.blur();
  };

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        {t("Notes")}
      </label>
      <textarea
        dir="auto"
        id={id}
        rows={3}
        value={text}
        maxLength={DESCRIPTION_LENGTH}
        placeholder={t("Anything worth remembering")}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={save}
        className="field-sizing-content block max-h-96 min-h-22 w-full resize-none rounded-xl border border-edge bg-surface px-3.5 py-2.5 outline-none transition-colors placeholder:text-faint hover:border-soft focus:border-accent focus:ring-3 focus:ring-accent/20"
      />
    </div>
  );
}
