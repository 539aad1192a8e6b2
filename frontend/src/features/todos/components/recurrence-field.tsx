"use client";

import { SelectField } from "@/components/ui/select-field";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useText } from "@/hooks/text";
import { useToday } from "@/hooks/use-today";
import { dayOf } from "@/lib/sync/days";
import type { Patch, Recurrence, TodoView } from "@/lib/sync/types";
import { ruleWords } from "@/lib/todo-words";

const rules = [
  "FREQ=DAILY",
  "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
  "FREQ=WEEKLY",
  "FREQ=WEEKLY;INTERVAL=2",
  "FREQ=MONTHLY",
  "FREQ=MONTHLY;INTERVAL=3",
  "FREQ=YEARLY",
] as const;

/** Whether, and how, it comes back after it was done. Rules that were made elsewhere stay as they are. */
export function RecurrenceField({ todo }: { todo: TodoView }) {
  const t = useText();
  const actions = useActions();
  const today = useToday();
  const { recurrence } = todo;
  const set = (value: Recurrence | null) =>
    actions.update([todo.id], ({ due }): Patch => {
      // What comes back needs a day to come back from.
      const first = value !== null && dayOf(due) === undefined ? { due: { date: today } } : {};
      return { recurrence: value, ...first };
    });
  const known: readonly string[] = rules;
  const offered = recurrence && !known.includes(recurrence.rule) ? [...rules, recurrence.rule] : rules;

  return (
    <div className="grid gap-3">
      <SelectField
        label={t("Repeats")}
        value={recurrence?.rule ?? ""}
        onChange={({ target }) =>
          set(target.value === "" ? null : { rule: target.value, anchor: recurrence?.anchor ?? "due" })
        }
        options={[
          { value: "", label: t("Never") },
          ...offered.map((rule) => ({ value: rule, label: ruleWords(t, { rule, anchor: "due" }) })),
        ]}
      />
      {recurrence && (
        <SelectField
          label={t("Counted from")}
          value={recurrence.anchor}
          onChange={({ target }) => set({ ...recurrence, anchor: target.value as Recurrence["anchor"] })}
          options={[
            { value: "due", label: t("The day it was due") },
            { value: "completion", label: t("The day it is done") },
          ]}
        />
      )}
    </div>
  );
}
