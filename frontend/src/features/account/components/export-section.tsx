"use client";

import { Download } from "lucide-react";
import { Failure } from "@/components/failure";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { exportData } from "@/features/account/api";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { saveFile } from "@/lib/save-file";

export function ExportSection() {
  const t = useText();
  const { connection } = useRuntime();
  const { run, isPending, failure } = useAction(async () => {
    saveFile(`daybook-${new Date().toISOString().slice(0, 10)}.json`, await exportData(connection));
    void notify("message", t("Your data is in your downloads"));
  });
  return (
    <SettingsSection
      title={t("Export my data")}
      description={t(
        "What Daybook keeps of you, as a JSON file: your todos, your profile, your devices and the security log. Secrets are not in it.",
      )}
    >
      <div className="grid gap-4">
        {failure !== undefined && <Failure error={failure} />}
        <Button className="w-fit" isPending={isPending} onClick={() => void run()}>
          <Download aria-hidden className="size-4" />
          {t("Download")}
        </Button>
      </div>
    </SettingsSection>
  );
}
