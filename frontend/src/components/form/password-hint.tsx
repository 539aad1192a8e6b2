"use client";

import { classes } from "@/components/ui/classes";
import { useText } from "@/hooks/text";
import { judge } from "@/lib/passwords";

const colours = ["bg-danger", "bg-warn", "bg-accent", "bg-accent"] as const;

interface PasswordHintProps {
  password: string;
  /** What strangers may know of the person: e-mail address, name. */
  about?: readonly string[];
}

/** How good a new password is, in a bar and in words; the field it stands under reads it out. */
export function PasswordHint({ password, about = [] }: PasswordHintProps) {
  const t = useText();
  const { score, words } = judge(t, password, about);
  return (
    <span className="block">
      {password !== "" && (
        <span aria-hidden className="mb-1.5 flex gap-1">
          {[0, 1, 2].map((part) => (
            <span
              key={part}
              className={classes(
                "h-1 flex-1 rounded-full transition-colors",
                part < Math.max(1, score) ? colours[score] : "bg-line",
              )}
            />
          ))}
        </span>
      )}
      {words}
    </span>
  );
}
