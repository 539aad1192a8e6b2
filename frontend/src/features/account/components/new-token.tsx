"use client";

import { useEffect, useRef } from "react";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import { useText } from "@/hooks/text";
import type { CreatedApiToken } from "@/lib/api/types";

interface NewTokenProps {
  created: CreatedApiToken;
  onDone: () => void;
}

/** The token itself, this one time. */
export function NewToken({ created, onDone }: NewTokenProps) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="grid animate-rise gap-4 rounded-2xl bg-accent-soft p-4 sm:p-5">
      <div>
        <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
          {t("Copy “{name}” now", { name: created.name })}
        </h3>
        <p className="mt-1 text-pretty text-soft text-sm">
          {t("It is not shown again. Whoever has it can do with your todos what you allowed it.")}
        </p>
      </div>
      <code className="rounded-xl bg-surface px-3.5 py-3 font-mono text-sm [overflow-wrap:anywhere]">
        {created.token}
      </code>
      <div className="flex flex-wrap gap-3">
        <CopyButton text={created.token} what={t("the token")} label={t("Copy")} />
        <Button variant="ghost" onClick={onDone}>
          {t("I have copied it")}
        </Button>
      </div>
    </div>
  );
}
