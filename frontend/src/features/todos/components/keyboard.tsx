"use client";

import { lazy, Suspense, useState } from "react";
import { paths } from "@/config/paths";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useShortcuts } from "@/features/todos/hooks/use-shortcuts";
import { views } from "@/features/todos/places";
import { useRuntime } from "@/hooks/runtime";
import { useEntry } from "@/hooks/use-entry";
import { useNavigate } from "@/hooks/use-navigate";

const Palette = lazy(() => import("@/features/todos/components/palette"));
const Help = lazy(() => import("@/features/todos/components/help"));

/** What the keys do everywhere, and what they open. */
export function Keyboard() {
  const [open, setOpen] = useState<"palette" | "help">();
  const navigate = useNavigate();
  const actions = useActions();
  const [letterKeys] = useEntry(useRuntime().local.letterKeys);
  const close = () => setOpen(undefined);

  const write = () => {
    const field = document.getElementById("new-todo");
    if (field) field.focus();
    else navigate(paths.todos);
  };
  useShortcuts({
    hasLetters: letterKeys === "on",
    withMod: {
      k: () => setOpen("palette"),
      z: actions.undo,
      Z: actions.redo,
      y: actions.redo,
    },
    letters: { n: write, "/": () => navigate(paths.search), "?": () => setOpen("help") },
    afterG: {
      ...Object.fromEntries(views.map(({ key, href }) => [key, () => navigate(href)])),
      s: () => navigate(paths.settings),
    },
  });

  return (
    <Suspense>
      {open === "palette" && <Palette onClose={close} onHelp={() => setOpen("help")} onWrite={write} />}
      {open === "help" && <Help onClose={close} />}
    </Suspense>
  );
}
