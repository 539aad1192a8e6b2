"use client";

import { useState } from "react";
import { offerUndo } from "@/components/offer-undo";
import { Button } from "@/components/ui/button";
import { ConflictField } from "@/features/sync/components/conflict-field";
import { useText } from "@/hooks/text";
import { useTodoStore } from "@/hooks/todo-store";
import { fieldNames, fieldWords } from "@/lib/field-words";
import { type Text, text } from "@/lib/i18n/translate";
import type { Choice, Conflict, Field } from "@/lib/sync/types";

interface Words {
  readonly explanation: Text;
  readonly mine: Text;
  readonly theirs: Text;
}

const words: Readonly<Record<Conflict["kind"], Words>> = {
  fields: {
    explanation: text("It was changed here and on another device."),
    mine: text("All mine"),
    theirs: text("All theirs"),
  },
  "deleted-there": {
    explanation: text("You changed it here; it was deleted on another device."),
    mine: text("Bring it back with my changes"),
    theirs: text("Leave it deleted"),
  },
  "deleted-here": {
    explanation: text("You deleted it here; it was changed on another device."),
    mine: text("Delete it anyway"),
    theirs: text("Keep it"),
  },
};

/** One todo that two sides wanted different things of: field by field where both changed it, else as a whole. */
export function ConflictCard({ conflict }: { conflict: Conflict }) {
  const t = useText();
  const store = useTodoStore();
  const [choices, setChoices] = useState<Partial<Record<Field, Choice>>>({});
  const { todo_id, kind, title, fields } = conflict;
  const { explanation, mine, theirs } = words[kind];
  const choose = (choice: Parameters<typeof store.resolve>[1]) =>
    offerUndo(store, t, store.resolve(todo_id, choice), t("Decided"), title);
  const isChosen = fields.every(({ field }) => choices[field] !== undefined);

  return (
    <section aria-label={title} className="rounded-2xl border bg-surface p-4 sm:p-5">
      <h3 className="font-medium [overflow-wrap:anywhere]">{t("“{title}”", { title })}</h3>
      <p className="mt-0.5 text-soft text-sm">{t.any(explanation)}</p>
      <div className="mt-4 grid gap-4">
        {kind === "fields"
          ? fields.map((field) => (
              <ConflictField
                key={field.field}
                conflict={field}
                choice={choices[field.field]}
                onChoose={(choice) => setChoices({ ...choices, [field.field]: choice })}
              />
            ))
          : fields.length > 0 && (
              <dl className="grid gap-2 text-sm">
                {fields.map(({ field, yours, stored }) => (
                  <div key={field}>
                    <dt className="text-faint">{t.any(fieldNames[field])}</dt>
                    <dd dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
                      {fieldWords(t, field, kind === "deleted-here" ? stored : yours)}
                    </dd>
                  </div>
                ))}
              </dl>
            )}
      </div>
      <div className="mt-5 flex flex-wrap gap-2">
        {kind === "fields" && (
          <Button variant="primary" disabled={!isChosen} onClick={() => choose(choices)}>
            {t("Keep what I have chosen")}
          </Button>
        )}
        <Button onClick={() => choose("mine")}>{t.any(mine)}</Button>
        <Button onClick={() => choose("theirs")}>{t.any(theirs)}</Button>
      </div>
    </section>
  );
}
