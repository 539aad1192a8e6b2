"use client";

import { lazy, Suspense } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import type { ProofFormProps } from "@/features/account/components/proof-form";

const ProofForm = lazy(() => import("@/features/account/components/proof-form"));

/** The form that asks for the password again, loaded when it is wanted. */
export function Proof(props: ProofFormProps) {
  return (
    <Suspense fallback={<Skeleton className="h-56 w-full rounded-2xl" />}>
      <ProofForm {...props} />
    </Suspense>
  );
}
