"use client";

import { Flag } from "lucide-react";
import { Segmented } from "@/components/ui/segmented";
import { useText } from "@/hooks/text";
import { text } from "@/lib/i18n/translate";
import type { TodoView } from "@/lib/sync/types";

type Priority = TodoView["priority"];

const priorities = {
  none: { label: text("None"), colour: "text-faint", circle: "border-edge" },
  low: { label: text("Low"), colour: "text-calm", circle: "border-calm" },
  medium: { label: text("Medium"), colour: "text-warn", circle: "border-warn" },
  high: { label: text("High"), colour: "text-danger", circle: "border-danger" },
} as const satisfies Record<Priority, unknown>;

export const circleOf = (priority: Priority): string => priorities[priority].circle;

/** Colour, form and words say the same: not everybody sees the colour. */
export function PriorityFlag({ priority }: { priority: Priority }) {
  const t = useText();
  if (priority === "none") return null;
  const { label, colour } = priorities[priority];
  return (
    <span className={`flex items-center gap-1 font-medium text-xs ${colour}`}>
      <Flag aria-hidden className="size-3.5 fill-current" />
      <span aria-hidden>{t(label)}</span>
      <span className="sr-only">{t("Priority: {priority}", { priority: t(label) })}</span>
    </span>
  );
}

export function PriorityChoice({
  value,
  onChange,
}: {
  value: Priority;
  onChange: (priority: Priority) => void;
}) {
  const t = useText();
  return (
    <Segmented
      label={t("Priority")}
      value={value}
      onChange={onChange}
      className="w-full sm:w-auto"
      options={(Object.keys(priorities) as Priority[]).map((key) => ({
        value: key,
        label: (
          <>
            {key !== "none" && (
              <Flag aria-hidden className={`size-3.5 fill-current max-sm:hidden ${priorities[key].colour}`} />
            )}
            {t(priorities[key].label)}
          </>
        ),
      }))}
    />
  );
}
