import { Skeleton } from "@/components/ui/skeleton";

/** Entries of a list on their way: a sign, a line, a fainter line. */
export function EntriesSkeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div className="divide-y">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className="flex items-center gap-4 py-4 first:pt-0 last:pb-0">
          <Skeleton className="size-10 shrink-0 rounded-xl" />
          <div className="grid w-full gap-2">
            <Skeleton className="h-3.5 w-2/5" />
            <Skeleton className="h-3 w-3/5" />
          </div>
        </div>
      ))}
    </div>
  );
}
