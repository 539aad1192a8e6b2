"use client";

import { Upload } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { SettingsSection } from "@/components/settings-section";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useText } from "@/hooks/text";

const load = () => import("@/features/transfer/components/import-run");
const ImportRun = lazy(load);

/** Todos from a file: of Daybook itself, or of other apps. */
export function ImportSection() {
  const t = useText();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  return (
    <SettingsSection
      title={t("Import todos")}
      description={t(
        "From a file that Daybook, Todoist or Vikunja has exported. What is here already is brought up to date, not doubled.",
      )}
    >
      <div className="grid gap-4">
        {file && (
          <Suspense fallback={<Skeleton className="h-16 w-full rounded-xl" />}>
            <ImportRun key={`${file.name} ${file.lastModified} ${file.size}`} file={file} />
          </Suspense>
        )}
        <input
          ref={input}
          type="file"
          accept=".json,.csv,application/json,text/csv"
          aria-label={t("File to import")}
          className="sr-only"
          tabIndex={-1}
          onChange={({ target }) => {
            setFile(target.files?.[0]);
            // The same file can be chosen again.
            target.value = "";
          }}
        />
        <Button className="w-fit" onPointerEnter={load} onFocus={load} onClick={() => input.current?.click()}>
          <Upload aria-hidden className="size-4" />
          {file ? t("Choose another file") : t("Choose a file")}
        </Button>
      </div>
    </SettingsSection>
  );
}
