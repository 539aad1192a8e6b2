import { changedFields } from "@/lib/sync/merge";
import { wanted } from "@/lib/sync/operations";
import type { Field, Queued, Todo } from "@/lib/sync/types";

export interface ObstacleText {
  readonly title: string;
  readonly description: string;
  /** The button that sends the person's value again. */
  readonly mine: string;
  /** The button that gives it up. */
  readonly theirs: string;
}

/** What happened to a change, with the text the person typed. */
export function describe({ operation, seen, obstacle }: Queued): ObstacleText {
  const name = quoted(operation.kind === "create" ? (wanted(operation.changes).title ?? "") : seen.title);
  if (obstacle?.type === "clash" && operation.kind === "delete") {
    return {
      title: `${name} was changed elsewhere`,
      description: "It is not what you saw when you deleted it, so it was kept.",
      mine: "Delete anyway",
      theirs: "Keep it",
    };
  }
  const yours = changedFields(operation.changes)
    .map((field) => value(field, wanted(operation.changes)))
    .join(", ");
  if (obstacle?.type === "clash") {
    const theirs = obstacle.fields.map((field) => value(field, obstacle.stored)).join(", ");
    return {
      title: `${name} was changed elsewhere`,
      description: `It is now ${theirs}. Yours: ${yours}.`,
      mine: "Apply mine",
      theirs: "Keep theirs",
    };
  }
  if (obstacle?.type === "gone") {
    return {
      title: `${name} was deleted elsewhere`,
      description: `Yours: ${yours}.`,
      mine: "Add it again",
      theirs: "Let it go",
    };
  }
  const reasons = obstacle?.errors.map(({ detail }) => detail).join(" ") || obstacle?.detail || "";
  return {
    title: `${name} could not be saved`,
    description: [obstacle?.title, reasons].filter(Boolean).join(": "),
    mine: "Try again",
    theirs: "Discard",
  };
}

const values: { [F in Field]?: (todo: Partial<Todo>) => string } = {
  completed: ({ completed }) => (completed ? "done" : "not done"),
  priority: ({ priority = "none" }) => (priority === "none" ? "without priority" : `${priority} priority`),
  tags: ({ tags = [] }) => tags.map((tag) => `#${tag}`).join(" ") || "without tags",
  due: ({ due }) => (due ? `due ${"date" in due ? due.date : due.at}` : "without a date"),
};

const value = (field: Field, todo: Partial<Todo>): string =>
  values[field]?.(todo) ?? quoted(String(todo[field] ?? ""));

const LONGEST = 80;

const quoted = (text: string): string =>
  `“${text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text}”`;
