"use client";

import { X } from "lucide-react";
import { useId, useState } from "react";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useNumbers } from "@/features/todos/hooks/use-numbers";
import { MOST_TAGS, oneLine, TAG_LENGTH } from "@/features/todos/limits";
import { useText } from "@/hooks/text";
import { useLastWord } from "@/hooks/use-last-word";
import type { TodoView } from "@/lib/sync/types";

/** Tags as they are typed: Enter or a comma adds one, the backspace key in an empty field takes the last. */
export function TagsField({ todo }: { todo: TodoView }) {
  const t = useText();
  const actions = useActions();
  const id = useId();
  const { tags: known } = useNumbers();
  const [text, setText] = useState("");
  const { tags } = todo;
  const set = (change: (before: readonly string[]) => string[]) =>
    actions.update([todo.id], (current) => ({ tags: change(current.tags) }), { tags }, todo);

  const add = () => {
    const tag = text.trim().replace(/^#/, "").trim();
    if (tag && !tags.includes(tag) && set((before) => [...before, tag]).refused) return;
    setText("");
  };
  useLastWord(add);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if ((event.key === "Enter" && !event.nativeEvent.isComposing) || event.key === ",") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && text === "") set((before) => before.slice(0, -1));
  };

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        {t("Tags")}
      </label>
      <div className="flex flex-wrap items-center gap-1.5 rounded-xl border border-edge bg-surface p-1.5 transition-colors focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20 hover:border-soft">
        {tags.map((tag) => (
          <span
            key={tag}
            className="inline-flex min-h-7 max-w-full items-center gap-1 rounded-lg bg-sunken ps-2.5 text-sm"
          >
            <bdi className="min-w-0 [overflow-wrap:anywhere]">#{tag}</bdi>
            <button
              type="button"
              aria-label={t("Remove the tag “{tag}”", { tag })}
              onClick={() => set((before) => before.filter((other) => other !== tag))}
              className="grid size-7 shrink-0 cursor-pointer place-items-center rounded-lg text-faint hover:text-ink"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </span>
        ))}
        <input
          id={id}
          dir="auto"
          list={`${id}-known`}
          value={text}
          onChange={(event) => setText(oneLine(event.target.value))}
          onKeyDown={onKeyDown}
          onBlur={add}
          maxLength={TAG_LENGTH}
          disabled={tags.length >= MOST_TAGS}
          placeholder={tags.length === 0 ? t("home, work, garden…") : ""}
          autoComplete="off"
          autoCapitalize="off"
          className="h-7 min-w-24 flex-1 bg-transparent px-2 outline-none placeholder:text-faint"
        />
        <datalist id={`${id}-known`}>
          {known
            .filter(({ tag }) => !tags.includes(tag))
            .map(({ tag }) => (
              <option key={tag} value={tag} />
            ))}
        </datalist>
      </div>
    </div>
  );
}
