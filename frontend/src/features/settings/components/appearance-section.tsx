import { SettingsSection } from "@/components/settings-section";
import { ThemeChoice } from "@/components/theme-choice";

export function AppearanceSection() {
  return (
    <SettingsSection
      title="Appearance"
      description="On this device. “System” follows its light and dark mode."
    >
      <ThemeChoice />
    </SettingsSection>
  );
}
