"use client";

import { Cloud, CloudAlert, CloudCheck, CloudOff } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { classes } from "@/components/ui/classes";
import { Spinner } from "@/components/ui/spinner";
import { useDelayed } from "@/features/sync/hooks/use-delayed";
import { syncWords, type Tone } from "@/features/sync/sync-words";
import { useText } from "@/hooks/text";
import { useSnapshot } from "@/hooks/todo-store";
import { useOnline } from "@/hooks/use-online";

const load = () => import("@/features/sync/components/sync-panel");
const SyncPanel = lazy(load);

/** Faster than this, saving is not worth a word. */
const UNNOTICED = 400;

/** In the header: what became of the last changes. More of it when one asks. */
export function SyncStatus() {
  const t = useText();
  const snapshot = useSnapshot();
  const online = useOnline();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const words = syncWords(t, snapshot, online);
  const isBusy = useDelayed(words.tone === "busy", UNNOTICED);
  const isStuck = words.tone === "stuck";
  const needsAttention = isStuck || words.tone === "asking";
  // What takes no time changes nothing that one reads, but nothing is called saved that is not.
  const isUnnoticed = words.tone === "busy" && !isBusy;
  const isHidden = isUnnoticed || undefined;
  const { unsent } = snapshot;

  return (
    <>
      <Button
        ref={button}
        variant="ghost"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => setOpen(true)}
        className={classes(
          "px-2.5 font-normal text-sm",
          needsAttention ? "bg-warn-soft text-ink" : "text-faint",
        )}
      >
        <SyncIcon tone={words.tone} isUnnoticed={isUnnoticed} />
        {isUnnoticed && <span className="sr-only">{words.short}</span>}
        <span aria-hidden={isHidden} className={classes("max-sm:sr-only", isUnnoticed && "invisible")}>
          {isUnnoticed ? t("Saved") : words.short}
        </span>
        {isStuck && unsent > 0 && (
          <span className="font-medium tabular-nums">{unsent.toLocaleString(t.locale)}</span>
        )}
      </Button>
      <span role="status" aria-hidden={isHidden} className="sr-only">
        {isUnnoticed ? t("Saved") : needsAttention ? `${words.short}. ${words.long}` : words.short}
      </span>
      {isOpen && (
        <Suspense>
          <SyncPanel triggerRef={button} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function SyncIcon({ tone, isUnnoticed }: { tone: Tone; isUnnoticed: boolean }) {
  if (tone === "stuck") return <CloudOff aria-hidden className="size-4 text-warn" />;
  if (tone === "asking") return <CloudAlert aria-hidden className="size-4 text-warn" />;
  if (isUnnoticed) return <Cloud aria-hidden className="size-4" />;
  return tone === "busy" ? <Spinner /> : <CloudCheck aria-hidden className="size-4" />;
}
