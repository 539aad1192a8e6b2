"use client";

import { lazy, Suspense, useState } from "react";
import { paths } from "@/config/paths";
import { NEW_TODO_FIELD, PALETTE_FIELD, SEARCH_FIELD } from "@/features/todos/fields";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useShortcuts } from "@/features/todos/hooks/use-shortcuts";
import { views } from "@/features/todos/places";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useEntry } from "@/hooks/use-entry";
import { useNavigate } from "@/hooks/use-navigate";
import { typeInto } from "@/lib/typing-ahead";

const Palette = lazy(() => import("@/features/todos/components/palette"));
const Help = lazy(() => import("@/features/todos/components/help"));

/** What the keys do everywhere, and what they open. */
export function Keyboard() {
  const [open, setOpen] = useState<"palette" | "help">();
  const t = useText();
  const navigate = useNavigate();
  const actions = useActions();
  const [letterKeys] = useEntry(useRuntime().local.letterKeys);
  const close = () => setOpen(undefined);

  // What is typed next is for the field that is asked for, also as long as that is not there.
  const write = () => {
    if (!typeInto(NEW_TODO_FIELD, t("New todo"))) navigate(paths.todos);
  };
  const search = () => {
    if (!typeInto(SEARCH_FIELD, t("Search your todos"))) navigate(paths.search);
  };
  const command = () => {
    typeInto(PALETTE_FIELD, t("What do you want to do?"));
    setOpen("palette");
  };
  useShortcuts({
    hasLetters: letterKeys === "on",
    withMod: {
      k: command,
      z: actions.undo,
      Z: actions.redo,
      y: actions.redo,
    },
    letters: { n: write, "/": search, "?": () => setOpen("help") },
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
