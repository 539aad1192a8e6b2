"use client";

import { CircleCheckBig, CloudOff, Feather, Sunrise } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Kbd } from "@/components/ui/kbd";
import { useOnline } from "@/hooks/use-online";
import { explain } from "@/lib/api/explain";
import type { Status } from "@/lib/sync/types";

const empty = {
  all: {
    icon: <Feather aria-hidden />,
    title: "A clean page",
    text: (
      <>
        Write down the first thing on your mind and press <Kbd>Enter</Kbd>. Click a line to change it, its
        circle to tick it off.
      </>
    ),
  },
  active: {
    icon: <Sunrise aria-hidden />,
    title: "Nothing left to do",
    text: "Everything here is done. Enjoy it, or write down what comes next.",
  },
  done: {
    icon: <CircleCheckBig aria-hidden />,
    title: "Nothing done yet",
    text: "Tick the circle beside a todo, and it is kept here for you to look back on.",
  },
} as const;

/** An empty list says what it is for. */
export function EmptyList({ status }: { status: Status }) {
  const { icon, title, text } = empty[status];
  return (
    <EmptyState icon={icon} title={title}>
      {text}
    </EmptyState>
  );
}

/** The list could not be loaded. */
export function ListProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { title, detail } = explain(error, useOnline());
  return (
    <div role="alert">
      <EmptyState
        icon={<CloudOff aria-hidden />}
        title={title}
        action={<Button onClick={onRetry}>Try again</Button>}
      >
        {detail} New todos are kept on this device until then.
      </EmptyState>
    </div>
  );
}
