"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { RowsSkeleton } from "@/components/page-skeleton";
import { paths } from "@/config/paths";
import { NEW_TODO } from "@/features/todos/components/quick-add";
import { LINE_LENGTH, oneLine } from "@/features/todos/limits";
import { useDraft } from "@/hooks/use-draft";

/** Where the share sheet of the system leads: what was shared is put into the field for new todos, to be looked at. */
export function Shared() {
  const router = useRouter();
  const parameters = useSearchParams();
  const { draft, setDraft } = useDraft(NEW_TODO);
  const written = draft?.text ?? "";

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed before is read once.
  useEffect(() => {
    const shared = sharedText(parameters);
    // What was being written is not lost to it.
    if (shared && !written.includes(shared))
      setDraft({ text: [written, shared].filter(Boolean).join(" ").slice(0, LINE_LENGTH) });
    router.replace(paths.todos);
  }, [parameters, router]);
  return (
    <div className="mx-auto max-w-2xl">
      <RowsSkeleton rows={3} />
    </div>
  );
}

/** Apps fill in these three as they like; an address often comes as the text, or twice. */
export function sharedText(parameters: URLSearchParams): string {
  const parts = ["title", "text", "url"].map((name) => oneLine(parameters.get(name) ?? "").trim());
  const once = parts.filter(
    (part, index) => part && !parts.some((other, place) => place < index && other.includes(part)),
  );
  return once.join(" ").slice(0, LINE_LENGTH);
}
