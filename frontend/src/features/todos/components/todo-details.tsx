"use client";

import { Trash2 } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { PriorityChoice } from "@/features/todos/components/priority";
import { DESCRIPTION_LENGTH } from "@/features/todos/limits";
import { useTodoStore } from "@/hooks/todo-store";
import { useDraft } from "@/hooks/use-draft";
import type { TodoView } from "@/lib/sync/types";

const times = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** What a todo has beyond its title. */
export function TodoDetails({ todo, onDelete }: { todo: TodoView; onDelete: () => void }) {
  const store = useTodoStore();
  return (
    <div className="grid animate-rise gap-5 px-3.5 pt-1 pb-3.5 sm:pl-14.5">
      <Description todo={todo} />
      <div>
        <p aria-hidden className="mb-1.5 font-medium text-sm">
          Priority
        </p>
        <PriorityChoice
          value={todo.priority}
          onChange={(priority) => store.mutate({ kind: "update", todo_id: todo.id, patch: { priority } })}
        />
      </div>
      <div className="flex items-center justify-between gap-4">
        <p className="text-faint text-sm">
          {todo.completed_at
            ? `Done ${times.format(new Date(todo.completed_at))}`
            : `Added ${times.format(new Date(todo.created_at))}`}
        </p>
        <Button variant="ghost" className="text-danger" onClick={onDelete}>
          <Trash2 aria-hidden className="size-4" />
          Delete
        </Button>
      </div>
    </div>
  );
}

/** Saved when the field is left; Escape takes back what was typed since. */
function Description({ todo }: { todo: TodoView }) {
  const store = useTodoStore();
  const id = useId();
  const [draft, setDraft] = useDraft(`description:${todo.id}`);
  const [text, setText] = useState(draft ?? todo.description);
  const [saved, setSaved] = useState(todo.description);
  const discarding = useRef(false);

  // A value that arrived from elsewhere is shown, unless this one is being typed.
  if (saved !== todo.description) {
    setSaved(todo.description);
    if (draft === undefined) setText(todo.description);
  }

  const save = () => {
    const description = discarding.current ? todo.description : text;
    discarding.current = false;
    setText(description);
    if (draft !== undefined) setDraft(undefined);
    store.mutate({ kind: "update", todo_id: todo.id, patch: { description } });
  };
  const leave = useRef(save);
  useEffect(() => {
    leave.current = save;
  });
  // A field that is taken away while it has the focus is not told that it loses it.
  useEffect(() => () => leave.current(), []);

  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    const done = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
    if (!done) return;
    discarding.current = event.key === "Escape";
    event.currentTarget.blur();
  };

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        Notes
      </label>
      <textarea
        id={id}
        rows={3}
        value={text}
        maxLength={DESCRIPTION_LENGTH}
        placeholder="Anything worth remembering"
        onChange={(event) => {
          setText(event.target.value);
          setDraft(event.target.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={save}
        className="field-sizing-content block max-h-96 min-h-22 w-full resize-none rounded-xl border border-edge bg-surface px-3.5 py-2.5 outline-none transition-colors placeholder:text-faint hover:border-soft focus:border-accent focus:ring-3 focus:ring-accent/20"
      />
    </div>
  );
}
