"use client";

import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { oneLine, TITLE_LENGTH, TITLE_WARNING } from "@/features/todos/limits";
import { useTodoStore } from "@/hooks/todo-store";
import { useDraft } from "@/hooks/use-draft";

/** Where a thought becomes a todo. What is typed survives a reload. */
export function TodoComposer({ onAdd }: { onAdd: () => void }) {
  const store = useTodoStore();
  const [draft = "", setDraft] = useDraft("new");
  const [announcement, setAnnouncement] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const title = draft.trim();
  const left = TITLE_LENGTH - draft.length;

  const add = (event: React.FormEvent) => {
    event.preventDefault();
    input.current?.focus();
    if (!title) return;
    store.mutate({ kind: "create", patch: { title } });
    setDraft(undefined);
    onAdd();
    setAnnouncement(`Added: ${title}`);
  };

  return (
    <form
      onSubmit={add}
      className="flex h-14 items-center gap-2 rounded-2xl border border-edge bg-surface pr-2 pl-4 shadow-card transition-colors focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20 hover:border-soft"
    >
      <Plus aria-hidden className="size-5 shrink-0 text-accent" />
      <label htmlFor="new-todo" className="sr-only">
        New todo
      </label>
      <input
        ref={input}
        id="new-todo"
        value={draft}
        onChange={(event) => setDraft(oneLine(event.target.value))}
        maxLength={TITLE_LENGTH}
        placeholder="What needs doing?"
        autoComplete="off"
        enterKeyHint="done"
        className="h-full min-w-0 flex-1 bg-transparent px-1 text-base outline-none placeholder:text-faint"
      />
      {draft.length >= TITLE_WARNING && (
        <span className="text-faint text-sm tabular-nums" aria-hidden>
          {left}
        </span>
      )}
      <Button type="submit" variant={title ? "primary" : "ghost"} disabled={!title}>
        Add
      </Button>
      <span role="status" className="sr-only">
        {announcement}
      </span>
    </form>
  );
}
