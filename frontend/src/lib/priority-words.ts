import { type Translate, text } from "@/lib/i18n/translate";
import type { Todo } from "@/lib/sync/types";

const priorities = {
  none: text("No priority"),
  low: text("Low"),
  medium: text("Medium"),
  high: text("High"),
} as const;

export const priorityWords = (t: Translate, priority: Todo["priority"]): string => t(priorities[priority]);
