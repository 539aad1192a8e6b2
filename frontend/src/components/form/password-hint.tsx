"use client";

import { classes } from "@/components/ui/classes";
import { useText } from "@/hooks/text";
import { judge, type SecondFactor } from "@/lib/passwords";

const colours = ["bg-danger", "bg-warn", "bg-accent", "bg-accent"] as const;

interface PasswordHintProps {
  password: string;
  /** What strangers may know of the person: e-mail address, name. */
  about?: readonly string[];
  secondFactor?: SecondFactor;
  /** The server has refused this one: what the bar thinks of it does not count any more. */
  isRefused?: boolean;
}

/** How good a new password is, in a bar and in words; the field it stands under reads it out. */
export function PasswordHint({
  password,
  about = [],
  secondFactor = "none",
  isRefused = false,
}: PasswordHintProps) {
  const t = useText();
  const { score, words } = judge(t, password, about, secondFactor);
  if (isRefused) return null;
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
