"use client";

import { CircleAlert } from "lucide-react";
import { useId } from "react";
import { classes } from "@/components/ui/classes";
import { useText } from "@/hooks/text";

export interface TextFieldProps extends Omit<React.ComponentProps<"input">, "id" | "className"> {
  label: string;
  description?: React.ReactNode;
  /** In English, as rules and server give it: the field knows the person’s language. */
  error?: string | undefined;
  /** Shown inside the field, at its end. */
  adornment?: React.ReactNode;
  /** Shown beside the label, at the end of its line. */
  aside?: React.ReactNode;
  /** Codes are easier to compare in figures of one width. */
  look?: "text" | "code";
}

/** A labelled field with its explanation and its problem, which screen readers read with it. */
export function TextField(props: TextFieldProps) {
  const t = useText();
  const { label, description, error, adornment, aside, look = "text", ...input } = props;
  const id = useId();
  const parts = [error && `${id}-error`, description && `${id}-description`].filter(Boolean);
  return (
    <div className="relative flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      <div className="relative">
        <input
          dir="auto"
          {...input}
          id={id}
          aria-invalid={error !== undefined}
          {...(parts.length > 0 && { "aria-describedby": parts.join(" ") })}
          className={classes(
            "h-11 w-full rounded-xl border bg-surface px-3.5 text-base text-ink outline-none transition-colors placeholder:text-faint focus:ring-3 sm:text-[0.9375rem]",
            error === undefined
              ? "border-edge hover:border-soft focus:border-accent focus:ring-accent/20"
              : "border-danger focus:ring-danger/20",
            Boolean(adornment) && "pe-12",
            look === "code" && "font-mono tracking-[0.12em]",
          )}
        />
        {adornment && <div className="absolute inset-y-0 end-0.5 flex items-center">{adornment}</div>}
      </div>
      {/* After the field, so that the tab key leads from field to field. */}
      {aside && <span className="absolute top-0 end-0 text-sm">{aside}</span>}
      {/* Always there: a live region announces what changes in it, not that it appears. */}
      <p
        id={`${id}-error`}
        aria-live="polite"
        className="flex items-start gap-1.5 text-danger text-sm empty:hidden"
      >
        {error !== undefined && (
          <>
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {t.any(error)}
          </>
        )}
      </p>
      {description && (
        <p id={`${id}-description`} className="text-faint text-sm">
          {description}
        </p>
      )}
    </div>
  );
}
