import { classes } from "@/components/ui/classes";

/** The shape of what is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classes("animate-shimmer rounded-lg bg-line", className)} />;
}
