"use client";

import { useContext, useEffect, useRef } from "react";
import { notify } from "@/components/toast";
import { isKept, tellNotKept, useReload } from "@/components/use-reload";
import { useText } from "@/hooks/text";
import { TodoStoreContext } from "@/hooks/todo-store";
import { watchUpdates } from "@/lib/updates";

/** Offers a new version when it is here. Nobody is thrown out of what they are doing: it waits. */
export default function AppUpdate() {
  const t = useText();
  const store = useContext(TodoStoreContext);
  const reload = useReload();
  const latest = useRef({ t, store, reload });
  latest.current = { t, store, reload };

  useEffect(() => {
    if (process.env.NODE_ENV !== "production") return;
    const offer = (title: string, description: string, label: string, act: () => unknown) =>
      void notify("message", title, {
        id: "app-update",
        description,
        duration: Number.POSITIVE_INFINITY,
        action: { label, onClick: () => void act() },
      });
    return watchUpdates(globalThis.navigator.serviceWorker, {
      onReady(apply) {
        const { t: say } = latest.current;
        offer(
          say("A new version of Daybook is here"),
          say("What you have written is kept."),
          say("Load it"),
          async () => {
            const isApplied = await apply(() => isKept(latest.current.store));
            if (!isApplied) await tellNotKept(latest.current.t, () => apply(async () => true));
          },
        );
      },
      onReplaced() {
        const { t: say } = latest.current;
        offer(
          say("Daybook was renewed in another tab"),
          say("This tab works on. Load it again when that suits you."),
          say("Load it"),
          () => latest.current.reload(),
        );
      },
    });
  }, []);
  return null;
}
