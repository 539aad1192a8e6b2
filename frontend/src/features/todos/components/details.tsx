"use client";

import { lazy, Suspense, useEffect, useRef } from "react";
import { DetailsPanel } from "@/features/todos/components/details-panel";
import type { Place } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useSnapshot, useTodoStore } from "@/hooks/todo-store";
import { useMedia } from "@/hooks/use-media";

const Sheet = lazy(() => import("@/components/ui/sheet"));

interface DetailsProps {
  todoId: string;
  place: Place;
  onClose: () => void;
}

/** Everything about one todo: beside the list where there is room, over it where there is not. */
export default function Details({ todoId, place, onClose }: DetailsProps) {
  const t = useText();
  const store = useTodoStore();
  const { phase, complete } = useSnapshot();
  const isWide = useMedia("(min-width: 80rem)");
  const todo = store.get(todoId);
  // On a device that has not received everything yet, a todo may be there although nobody here knows it.
  const isGone = todo ? todo.deleted_at !== null : phase === "ready" && complete;

  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);

  if (!todo || isGone) return null;
  const label = t("Details of “{title}”", { title: todo.title });
  const panel = <DetailsPanel key={todo.id} todo={todo} place={place} onClose={onClose} />;
  if (isWide)
    return (
      <Beside label={label} onClose={onClose}>
        {panel}
      </Beside>
    );
  return (
    <Suspense>
      <Sheet label={label} onClose={onClose}>
        {panel}
      </Sheet>
    </Suspense>
  );
}

interface BesideProps {
  label: string;
  onClose: () => void;
  children: React.ReactNode;
}

/** Takes the focus when it is opened, and gives it back to where it was. */
function Beside({ label, onClose, children }: BesideProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    panel.current?.focus();
    return () => {
      if (before?.isConnected) before.focus();
    };
  }, []);
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
      className="fixed end-0 top-16 bottom-0 z-10 w-96 animate-rise overflow-y-auto rounded-ss-2xl border-s border-t bg-canvas outline-none print:hidden"
    >
      {children}
    </aside>
  );
}
