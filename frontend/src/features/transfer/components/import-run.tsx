"use client";

import { useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Failure } from "@/components/failure";
import { Notice } from "@/components/ui/notice";
import { Spinner } from "@/components/ui/spinner";
import { recogniseFile, UnreadableFile } from "@/features/transfer/read-file";
import { useText } from "@/hooks/text";
import { TodoStoreContext } from "@/hooks/todo-store";
import { useTodoCalls } from "@/hooks/use-todo-calls";
import type { ImportNote, ImportReport } from "@/lib/api/types";
import { emptySnapshot } from "@/lib/sync/empty-snapshot";
import type { TodoStore } from "@/lib/sync/types";

type Stage =
  | { readonly name: "reading" | "sending" }
  | { readonly name: "done"; readonly report: ImportReport }
  | { readonly name: "failed"; readonly error: unknown };

/** How long the server may work on a long list. What it has taken by then stays. */
const PATIENCE = 120_000;
/** So often it is asked what has come in, where it does not tell by itself. */
const LOOK = 3_000;
const SHOWN = 10;

/** One import, from the file to its report. The file may be sent again: what is in already is not taken twice. */
export default function ImportRun({ file }: { file: File }) {
  const t = useText();
  const calls = useTodoCalls();
  const store = useContext(TodoStoreContext);
  const [stage, setStage] = useState<Stage>({ name: "reading" });
  const arrived = useArrivals(store, stage.name === "sending");
  const isStarted = useRef(false);

  const start = useCallback(() => {
    const run = async () => {
      setStage({ name: "reading" });
      const format = await recogniseFile(file);
      setStage({ name: "sending" });
      const report = await calls.importFrom(file, format, AbortSignal.timeout(PATIENCE));
      setStage({ name: "done", report });
    };
    run()
      .catch((error: unknown) => setStage({ name: "failed", error }))
      .finally(() => store?.kick());
  }, [file, calls, store]);
  useEffect(() => {
    // An import is not repeated because React looks twice.
    if (isStarted.current) return;
    isStarted.current = true;
    start();
  }, [start]);

  if (stage.name === "done") return <Report report={stage.report} />;
  if (stage.name === "failed") return <Failed error={stage.error} onRetry={start} />;
  return (
    <div role="status" className="grid gap-2 rounded-xl bg-sunken px-4 py-3 text-sm">
      <p className="flex items-center gap-2.5">
        <Spinner />
        {stage.name === "reading"
          ? t("Reading “{file}”", { file: file.name })
          : t("Importing “{file}”", { file: file.name })}
      </p>
      <progress className="h-1 w-full accent-accent" aria-label={t("Progress of the import")} />
      {arrived > 0 && (
        <p className="tabular-nums">{t.count(arrived, "{count} todo is in", "{count} todos are in")}</p>
      )}
    </div>
  );
}

/** How many todos more there are than when it began: the server takes a file piece by piece. */
function useArrivals(store: TodoStore | undefined, isSending: boolean): number {
  const [before, setBefore] = useState(0);
  const count = useCallback(() => {
    const { todos, trash } = store?.snapshot() ?? emptySnapshot;
    return todos.length + trash.length;
  }, [store]);
  const subscribe = useCallback((listener: () => void) => store?.subscribe(listener) ?? (() => {}), [store]);
  const now = useSyncExternalStore(subscribe, count, () => 0);
  useEffect(() => {
    if (!isSending) return;
    setBefore(count());
    const timer = setInterval(() => store?.kick(), LOOK);
    return () => clearInterval(timer);
  }, [isSending, count, store]);
  return isSending ? Math.max(0, now - before) : 0;
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useText();
  if (error instanceof UnreadableFile) {
    return (
      <Notice tone="error" title={t("This file cannot be imported")}>
        {t.any(error.message)}
      </Notice>
    );
  }
  return (
    <div className="grid gap-3">
      <Failure error={error} onRetry={onRetry} />
      <p className="text-soft text-sm">
        {t(
          "What came in until then stays. Sending the file again goes on from there: nothing comes in twice.",
        )}
      </p>
    </div>
  );
}

function Report({ report }: { report: ImportReport }) {
  const t = useText();
  const { imported, updated, unchanged, skipped, notes } = report;
  const parts = [
    t.count(imported, "{count} new", "{count} new"),
    t.count(updated, "{count} brought up to date", "{count} brought up to date"),
    t.count(unchanged, "{count} was here already", "{count} were here already"),
  ];
  return (
    <Notice
      tone={skipped.length > 0 ? "warning" : "info"}
      title={
        skipped.length > 0
          ? t.count(skipped.length, "{count} entry was left out", "{count} entries were left out")
          : t("Everything is imported")
      }
    >
      <p>{parts.join(", ")}.</p>
      <Notes notes={skipped} />
      {notes.length > 0 && <p className="mt-3">{t("What was lost, or is not the same here and there:")}</p>}
      <Notes notes={notes} />
    </Notice>
  );
}

function Notes({ notes }: { notes: readonly ImportNote[] }) {
  const t = useText();
  if (notes.length === 0) return null;
  return (
    <ul className="mt-2 list-disc ps-5 [overflow-wrap:anywhere]">
      {notes.slice(0, SHOWN).map(({ line, id, reason }) => (
        <li key={`${line} ${id} ${reason}`}>
          {line != null && `${t("Entry {number}", { number: line })}: `}
          {t.any(reason)}
        </li>
      ))}
      {notes.length > SHOWN && (
        <li>{t.count(notes.length - SHOWN, "and {count} more", "and {count} more")}</li>
      )}
    </ul>
  );
}
