import { type Text, type Translate, text } from "@/lib/i18n/translate";
import { isolate } from "@/lib/isolate";
import { priorityWords } from "@/lib/priority-words";
import type { Field, Todo } from "@/lib/sync/types";
import { dueWords, ruleWords } from "@/lib/todo-words";

/** The fields of a todo and their values, as a person would say them: for conflicts, refusals and the history. */

export const fieldNames: Readonly<Record<Field, Text>> = {
  title: text("Title"),
  description: text("Notes"),
  completed: text("State"),
  priority: text("Priority"),
  due: text("Due"),
  recurrence: text("Repeats"),
  position: text("Place in the list"),
  tags: text("Tags"),
};

type Said = { [F in Field]: (t: Translate, value: Todo[F]) => string };

const said: Said = {
  title: (_, title) => title,
  description: (t, description) => description.trim() || t("No notes"),
  completed: (t, completed) => (completed ? t("Done|state") : t("Open")),
  priority: priorityWords,
  due: (t, due) => (due ? dueWords(t, due) : t("No date")),
  recurrence: (t, recurrence) => (recurrence ? ruleWords(t, recurrence) : t("Never")),
  position: (t) => t("Another place"),
  tags: (t, tags) => tags.map((tag) => isolate(`#${tag}`)).join(" ") || t("No tags"),
};

export function fieldWords<F extends Field>(
  t: Translate,
  field: F,
  value: Todo[F] | null | undefined,
): string {
  if (value === undefined) return t("Deleted");
  return said[field](t, (value ?? empty[field]) as Todo[F]);
}

const empty: { readonly [F in Field]: unknown } = {
  title: "",
  description: "",
  completed: false,
  priority: "none",
  due: null,
  recurrence: null,
  position: "",
  tags: [],
};
