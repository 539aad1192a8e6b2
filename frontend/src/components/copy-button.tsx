"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { useText } from "@/hooks/text";

interface CopyButtonProps {
  text: string;
  /** What is copied, for its name: “Copy the token”. In the person’s language. */
  what: string;
  /** Shown beside the sign; without one the button is a sign only. */
  label?: string;
}

/** Puts something into the clipboard and says that it has. */
export function CopyButton({ text, what, label }: CopyButtonProps) {
  const t = useText();
  const [state, setState] = useState<"rest" | "copied" | "refused">("rest");
  useEffect(() => {
    if (state === "rest") return;
    const timer = setTimeout(() => setState("rest"), 4_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    );
  const Icon = state === "copied" ? Check : Copy;
  const said = { rest: "", copied: t("Copied"), refused: t("The browser did not allow it") }[state];
  return (
    <>
      <Button
        onClick={() => void copy()}
        {...(label
          ? {}
          : { "aria-label": t("Copy {what}", { what }), size: "icon", variant: "ghost" as const })}
      >
        <Icon aria-hidden className="size-4" />
        {label && (state === "rest" ? label : said)}
      </Button>
      <span role="status" className="sr-only">
        {said && `${said}: ${what}`}
      </span>
    </>
  );
}
