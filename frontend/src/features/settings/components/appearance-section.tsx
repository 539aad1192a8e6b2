"use client";

import { SettingsSection } from "@/components/settings-section";
import { ThemeChoice } from "@/components/theme-choice";
import { useText } from "@/hooks/text";

export function AppearanceSection() {
  const t = useText();
  return (
    <SettingsSection
      title={t("Appearance")}
      description={t("On this device. “System” follows its light and dark mode.")}
    >
      <ThemeChoice />
    </SettingsSection>
  );
}
