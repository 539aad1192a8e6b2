"use client";

import { Download } from "lucide-react";
import { useContext } from "react";
import { Failure } from "@/components/failure";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { useText } from "@/hooks/text";
import { TodoStoreContext } from "@/hooks/todo-store";
import { useAction } from "@/hooks/use-action";
import { useTodoCalls } from "@/hooks/use-todo-calls";
import { saveFile } from "@/lib/save-file";
import { today } from "@/lib/sync/days";

const PATIENCE = 60_000;
/** What was written last should be in the file, if it can be. */
const SENDING = 4_000;

/** All todos as a file that can be imported again, without loss. */
export function ExportTodosSection() {
  const t = useText();
  const calls = useTodoCalls();
  const store = useContext(TodoStoreContext);
  const { run, isPending, failure } = useAction(async () => {
    await store?.flush(AbortSignal.timeout(SENDING));
    const file = await calls.exportAll(AbortSignal.timeout(PATIENCE));
    saveFile(`daybook-todos-${today()}.json`, file);
    void notify("message", t("Your todos are in your downloads"));
  });
  return (
    <SettingsSection
      title={t("Export todos")}
      description={t("All of them, as a JSON file that Daybook can import again without loss.")}
    >
      <div className="grid gap-4">
        {failure !== undefined && <Failure error={failure} onRetry={() => void run()} />}
        <Button className="w-fit" isPending={isPending} onClick={() => void run()}>
          <Download aria-hidden className="size-4" />
          {t("Download todos")}
        </Button>
      </div>
    </SettingsSection>
  );
}
