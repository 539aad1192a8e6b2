"use client";

import { Failure } from "@/components/failure";
import { useText } from "@/hooks/text";
import type { Resource } from "@/hooks/use-resource";

interface LoadedProps<Value> {
  resource: Resource<Value>;
  /** The shape of what is on its way. */
  skeleton: React.ReactNode;
  children: (value: Value) => React.ReactNode;
}

/** Shows what was loaded, its shape until then, or why it did not come. */
export function Loaded<Value>({ resource, skeleton, children }: LoadedProps<Value>) {
  const t = useText();
  const { value, failure, isLoading, reload } = resource;
  if (value === undefined && failure === undefined) {
    return (
      <div role="status">
        <span className="sr-only">{t("Loading…")}</span>
        {skeleton}
      </div>
    );
  }
  return (
    <>
      {failure !== undefined && (
        <Failure
          error={failure}
          onRetry={() => void reload()}
          isRetrying={isLoading}
          {...(value !== undefined && { className: "mb-4" })}
        />
      )}
      {value !== undefined && children(value)}
    </>
  );
}
