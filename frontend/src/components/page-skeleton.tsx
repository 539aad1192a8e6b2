"use client";

import { Wordmark } from "@/components/brand";
import { Skeleton } from "@/components/ui/skeleton";
import { useText } from "@/hooks/text";

const widths = ["w-3/5", "w-2/5", "w-4/5", "w-1/2", "w-2/3", "w-1/3"];

/** Rows on their way. */
export function RowsSkeleton({ rows = 6 }: { rows?: number }) {
  const t = useText();
  return (
    <div role="status" className="divide-y rounded-2xl border bg-surface">
      <span className="sr-only">{t("Loading…")}</span>
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
      <div className="fixed inset-y-0 start-0 hidden w-60 border-e lg:block">
        <div className="mx-5 my-4.5">
          <Wordmark />
        </div>
        <div className="grid gap-0.5 px-3 py-2">
          {widths.slice(0, 5).map((width) => (
            <div key={width} className="flex h-10 items-center gap-3 px-3">
              <Skeleton className="size-4.5" />
              <Skeleton className={`h-3.5 ${width}`} />
            </div>
          ))}
        </div>
      </div>
      <div className="lg:ps-60">
        <div className="flex h-16 items-center justify-between px-4 sm:px-6">
          <span className="lg:invisible">
            <Wordmark />
          </span>
          <Skeleton className="size-9 rounded-full" />
        </div>
        <main className="px-4 pt-4 sm:px-6 sm:pt-6 xl:pe-102">
          <div className="mx-auto max-w-2xl">
            <Skeleton className="h-9 w-32" />
            <Skeleton className="mt-2.5 h-4 w-48" />
            <Skeleton className="mt-6 mb-6 h-14 w-full rounded-2xl" />
            <RowsSkeleton />
          </div>
        </main>
      </div>
    </>
  );
}
