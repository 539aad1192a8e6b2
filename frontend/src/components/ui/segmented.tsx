"use client";

import { useId } from "react";
import { classes } from "@/components/ui/classes";

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { readonly value: Value; readonly label: React.ReactNode }[];
  className?: string;
}

/** One choice of a few, all visible: radio buttons, so that the arrow keys move between them. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, onChange, options, className } = props;
  const name = useId();
  return (
    <fieldset
      className={classes("inline-flex min-w-0 max-w-full flex-wrap rounded-xl bg-sunken p-1", className)}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="relative flex-1">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="peer absolute inset-0 cursor-pointer appearance-none rounded-lg"
          />
          <span className="pointer-events-none relative flex h-8 min-w-14 items-center justify-center gap-1.5 rounded-lg px-2 sm:min-w-16 sm:px-3 font-medium text-sm text-soft transition-colors duration-150 peer-checked:bg-raised peer-checked:text-ink peer-checked:shadow-card peer-hover:text-ink">
            {option.label}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
