"use client";

import { useRef, useState } from "react";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useDraft } from "@/hooks/use-draft";
import { useLastWord } from "@/hooks/use-last-word";
import type { TextDraft } from "@/lib/storage/drafts";
import type { TodoView } from "@/lib/sync/types";

interface Edit {
  /** What is typed or, as long as nothing is, what is stored: also when that arrives from elsewhere. */
  readonly text: string;
  readonly type: (text: string) => void;
  /** Answers false where it could not be taken: then what was typed stays. */
  readonly save: () => boolean;
  /** Leaves it as it was. What was typed comes back by undoing. */
  readonly discard: () => true;
}

/**
 * A text of a todo being typed. It is a change of the value that stood there at the first key: what arrives meanwhile is
 * not overwritten but becomes a conflict, which the person decides. A field that goes away saves what was typed in it.
 */
export function useEdit(
  todo: TodoView,
  field: "title" | "description",
  clean: (text: string) => string | undefined = (text) => text,
): Edit {
  const actions = useActions();
  const { draft, setDraft } = useDraft(`${field}:${todo.id}`);
  const [typed, setTyped] = useState<TextDraft | undefined>(draft);
  // What the last key has made of it, before anything is drawn.
  const latest = useRef(typed);
  const isTouched = useRef(false);

  const keep = (next: TextDraft | undefined) => {
    latest.current = next;
    setTyped(next);
    setDraft(next);
  };
  const take = ({ text, base }: TextDraft): boolean => {
    const value = clean(text);
    if (value === undefined) return true;
    const seen = { [field]: base ?? todo[field] };
    return !actions.update([todo.id], () => ({ [field]: value }), seen, todo).refused;
  };
  const save = () => {
    if (!latest.current) return true;
    if (!take(latest.current)) return false;
    keep(undefined);
    return true;
  };
  // What was only read from the draft belongs to the tab in which it is typed.
  useLastWord(() => void (isTouched.current && save()));

  return {
    text: typed?.text ?? todo[field],
    type: (text) => {
      isTouched.current = true;
      const base = latest.current ? latest.current.base : todo[field];
      keep(text === base ? undefined : { text, ...(base !== undefined && { base }) });
    },
    save,
    discard: () => {
      const given = latest.current && clean(latest.current.text);
      if (given !== undefined) actions.giveUp(todo.id, { [field]: given });
      keep(undefined);
      return true;
    },
  };
}
