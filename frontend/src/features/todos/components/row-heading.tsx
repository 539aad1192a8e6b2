import { classes } from "@/components/ui/classes";
import type { Heading } from "@/features/todos/headings";

/** The day that the todos below it belong to. It stands in the first one's place of the list. */
export function RowHeading({ heading, isFirst }: { heading: Heading; isFirst: boolean }) {
  return (
    <h2
      className={classes(
        "flex items-baseline gap-2 px-4 pt-4 pb-1.5 font-semibold text-sm",
        !isFirst && "border-t",
        heading.isLate && "text-danger",
      )}
    >
      {heading.title}
      {heading.detail && <span className="font-normal text-faint">{heading.detail}</span>}
    </h2>
  );
}
