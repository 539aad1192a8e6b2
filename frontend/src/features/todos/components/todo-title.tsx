"use client";

import { useEffect, useRef, useState } from "react";
import { classes } from "@/components/ui/classes";
import { control } from "@/features/todos/hooks/use-row-keys";
import { oneLine, TITLE_LENGTH } from "@/features/todos/limits";
import { useTodoStore } from "@/hooks/todo-store";
import { useDraft } from "@/hooks/use-draft";
import type { TodoView } from "@/lib/sync/types";

const shape = "w-full rounded-lg px-2 py-2 text-left leading-6 [overflow-wrap:anywhere]";

/** A title that is edited where it stands. Enter saves, Escape takes back, leaving saves. */
export function TodoTitle({ todo }: { todo: TodoView }) {
  const [draft] = useDraft(`title:${todo.id}`);
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
      aria-label={`Edit “${todo.title}”`}
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
  const store = useTodoStore();
  const [draft, setDraft] = useDraft(`title:${todo.id}`);
  const [text, setText] = useState(draft ?? todo.title);
  const field = useRef<HTMLTextAreaElement>(null);
  const closed = useRef(false);

  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, []);

  const close = (save: boolean, byKey: boolean) => {
    // Leaving the field by a key takes the focus from it, which would close it a second time.
    if (closed.current) return;
    closed.current = true;
    const title = text.trim();
    if (save && title) store.mutate({ kind: "update", todo_id: todo.id, patch: { title } });
    setDraft(undefined);
    onClose(byKey);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") close(false, true);
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    close(true, true);
  };

  return (
    <textarea
      ref={field}
      rows={1}
      aria-label={`Title of “${todo.title}”`}
      value={text}
      maxLength={TITLE_LENGTH}
      enterKeyHint="done"
      onChange={(event) => {
        const value = oneLine(event.target.value);
        setText(value);
        setDraft(value === todo.title ? undefined : value);
      }}
      onKeyDown={onKeyDown}
      onBlur={() => close(true, false)}
      className={classes(shape, "field-sizing-content block resize-none bg-surface outline-2 outline-accent")}
    />
  );
}
