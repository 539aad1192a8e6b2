"use client";

import { Flag } from "lucide-react";
import { Segmented } from "@/components/ui/segmented";
import type { TodoView } from "@/lib/sync/types";

type Priority = TodoView["priority"];

const priorities = {
  none: { label: "None", text: "text-faint", circle: "border-edge" },
  low: { label: "Low", text: "text-calm", circle: "border-calm" },
  medium: { label: "Medium", text: "text-warn", circle: "border-warn" },
  high: { label: "High", text: "text-danger", circle: "border-danger" },
} as const satisfies Record<Priority, unknown>;

export const circleOf = (priority: Priority): string => priorities[priority].circle;

/** Colour, form and words say the same: not everybody sees the colour. */
export function PriorityFlag({ priority }: { priority: Priority }) {
  if (priority === "none") return null;
  const { label, text } = priorities[priority];
  return (
    <span className={`flex items-center gap-1 font-medium text-xs ${text}`}>
      <Flag aria-hidden className="size-3.5 fill-current" />
      {label}
      <span className="sr-only"> priority</span>
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
  return (
    <Segmented
      label="Priority"
      value={value}
      onChange={onChange}
      className="w-full sm:w-auto"
      options={(Object.keys(priorities) as Priority[]).map((key) => ({
        value: key,
        label: (
          <>
            {key !== "none" && (
              <Flag aria-hidden className={`size-3.5 fill-current max-sm:hidden ${priorities[key].text}`} />
            )}
            {priorities[key].label}
          </>
        ),
      }))}
    />
  );
}
