"use client";

import { useEffect, useRef, useState } from "react";
import { classes } from "@/components/ui/classes";
import { useEdit } from "@/features/todos/hooks/use-edit";
import { control } from "@/features/todos/hooks/use-row-keys";
import { oneLine, TITLE_LENGTH } from "@/features/todos/limits";
import { useText } from "@/hooks/text";
import { useDraft } from "@/hooks/use-draft";
import type { TodoView } from "@/lib/sync/types";

const shape = "w-full rounded-lg px-2 py-2 text-start leading-6 [overflow-wrap:anywhere]";

/** A title that is edited where it stands. Enter saves, Escape takes back, leaving saves. */
export function TodoTitle({ todo }: { todo: TodoView }) {
  const t = useText();
  const { draft } = useDraft(`title:${todo.id}`);
  const [isEditing, setEditing] = useState(draft !== undefined);
  const button = useRef<HTMLButtonElement>(null);
  const [returnFocus, setReturnFocus] = useState(false);

  useEffect(() => {
    if (isEditing || !returnFocus) return;
    button.current?.focus();
    setReturnFocus(false);
  }, [isEditing, returnFocus]);

  if (isEditing) {
    const close = (byKey: boolean) => {
      setEditing(false);
      setReturnFocus(byKey);
    };
    return <TitleField todo={todo} onClose={close} />;
  }
  return (
    <button
      ref={button}
      type="button"
      {...control("title")}
      dir="auto"
      aria-label={t("Edit “{title}”", { title: todo.title })}
      onClick={() => setEditing(true)}
      className={classes(
        shape,
        "cursor-text transition-colors hover:bg-sunken",
        todo.completed && "text-faint line-through decoration-edge",
      )}
    >
      {todo.title}
    </button>
  );
}

function TitleField({ todo, onClose }: { todo: TodoView; onClose: (byKey: boolean) => void }) {
  const t = useText();
  // An empty title is none: the one before stays.
  const { text, type, save, discard } = useEdit(todo, "title", (typed) => typed.trim() || undefined);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, []);

  // Leaving the field by a key takes the focus from it, which would close it a second time.
  const isClosed = useRef(false);
  const close = (end: () => boolean, byKey: boolean) => {
    if (isClosed.current || !end()) return;
    isClosed.current = true;
    onClose(byKey);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") {
      // It closes this field, not the panel around it.
      event.preventDefault();
      event.stopPropagation();
      close(discard, true);
    }
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    close(save, true);
  };

  return (
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      aria-label={t("Title of “{title}”", { title: todo.title })}
      value={text}
      maxLength={TITLE_LENGTH}
      enterKeyHint="done"
      onChange={(event) => type(oneLine(event.target.value))}
      onKeyDown={onKeyDown}
      onBlur={() => close(save, false)}
      className={classes(shape, "field-sizing-content block resize-none bg-surface outline-2 outline-accent")}
    />
  );
}
