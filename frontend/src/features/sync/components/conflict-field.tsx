"use client";

import { useId } from "react";
import { useText } from "@/hooks/text";
import { fieldNames, fieldWords } from "@/lib/field-words";
import type { Choice, FieldConflict } from "@/lib/sync/types";

interface ConflictFieldProps {
  conflict: FieldConflict;
  choice: Choice | undefined;
  onChoose: (choice: Choice) => void;
}

/** The values of one field: mine, theirs, and both where that makes sense. */
export function ConflictField({ conflict, choice, onChoose }: ConflictFieldProps) {
  const t = useText();
  const name = useId();
  const { field, base, yours, stored, both } = conflict;
  const options = [
    ["mine", t("Mine"), yours],
    ["theirs", t("Theirs"), stored],
    ...(both === undefined ? [] : [["both", t("Both"), both] as const]),
  ] as const;
  return (
    <fieldset>
      <legend className="font-medium text-sm">{t.any(fieldNames[field])}</legend>
      <p className="mb-2 text-faint text-sm [overflow-wrap:anywhere]">
        {t("Before: {value}", { value: fieldWords(t, field, base) })}
      </p>
      <div className="grid gap-2">
        {options.map(([value, label, given]) => (
          <label
            key={value}
            className="flex cursor-pointer items-start gap-3 rounded-xl border border-edge/60 px-3.5 py-2.5 text-sm transition-colors hover:border-soft has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name={name}
              value={value}
              checked={choice === value}
              onChange={() => onChoose(value)}
              className="mt-1 size-4 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="block text-soft text-xs">{label}</span>
              <span dir="auto" className="block whitespace-pre-line [overflow-wrap:anywhere]">
                {fieldWords(t, field, given as never)}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
