"use client";

import { useEffect, useRef } from "react";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import type { CreatedApiToken } from "@/lib/api/types";

interface NewTokenProps {
  created: CreatedApiToken;
  onDone: () => void;
}

/** The token itself, this one time. */
export function NewToken({ created, onDone }: NewTokenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="grid animate-rise gap-4 rounded-2xl bg-accent-soft p-4 sm:p-5">
      <div>
        <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
          Copy “{created.name}” now
        </h3>
        <p className="mt-1 text-pretty text-soft text-sm">
          It is not shown again. Whoever has it can do with your todos what you allowed it.
        </p>
      </div>
      <code className="rounded-xl bg-surface px-3.5 py-3 font-mono text-sm [overflow-wrap:anywhere]">
        {created.token}
      </code>
      <div className="flex flex-wrap gap-3">
        <CopyButton text={created.token} what="the token" label="Copy" />
        <Button variant="ghost" onClick={onDone}>
          I have copied it
        </Button>
      </div>
    </div>
  );
}
