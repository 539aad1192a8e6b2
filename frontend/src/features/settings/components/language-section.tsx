"use client";

import { SettingsSection } from "@/components/settings-section";
import { Segmented } from "@/components/ui/segmented";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useEntry } from "@/hooks/use-entry";
import { ownNames } from "@/lib/i18n/languages";
import { languageChoices } from "@/lib/storage/local";

export function LanguageSection() {
  const t = useText();
  const [language, setLanguage] = useEntry(useRuntime().local.language);
  return (
    <SettingsSection title={t("Language")} description={t("On this device. “System” follows your browser.")}>
      <Segmented
        label={t("Language")}
        value={language}
        onChange={setLanguage}
        className="w-full sm:w-auto"
        options={languageChoices.map((value) => ({
          value,
          label: value === "system" ? t("System") : <span lang={value}>{ownNames[value]}</span>,
        }))}
      />
    </SettingsSection>
  );
}
