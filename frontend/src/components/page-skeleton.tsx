import { Wordmark } from "@/components/brand";
import { Skeleton } from "@/components/ui/skeleton";

const widths = ["w-3/5", "w-2/5", "w-4/5", "w-1/2", "w-2/3", "w-1/3"];

/** Rows on their way. */
export function RowsSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" className="divide-y rounded-2xl border bg-surface">
      <span className="sr-only">Loading…</span>
      {widths.slice(0, rows).map((width) => (
        <div key={width} className="flex h-12 items-center gap-4 px-4">
          <Skeleton className="size-5.5 rounded-full" />
          <Skeleton className={`h-3.5 ${width}`} />
        </div>
      ))}
    </div>
  );
}

/** The page of someone who was here before, until the script runs. It has the measures of the real one. */
export function PageSkeleton() {
  return (
    <>
      <div className="mx-auto flex h-16 max-w-2xl items-center justify-between px-4 sm:px-6">
        <Wordmark />
        <Skeleton className="size-9 rounded-full" />
      </div>
      <main className="mx-auto max-w-2xl px-4 pt-6 pb-28 sm:px-6 sm:pt-10">
        <Skeleton className="h-9 w-32" />
        <Skeleton className="mt-2.5 h-4 w-48" />
        <Skeleton className="mt-6 h-14 w-full rounded-2xl" />
        <Skeleton className="mt-6 mb-4 h-10 w-60 rounded-xl" />
        <RowsSkeleton />
      </main>
    </>
  );
}
