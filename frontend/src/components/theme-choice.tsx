"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { Segmented } from "@/components/ui/segmented";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useEntry } from "@/hooks/use-entry";
import { text } from "@/lib/i18n/translate";
import type { Theme } from "@/lib/storage/local";

const options = [
  { value: "system", label: text("System"), Icon: Monitor },
  { value: "light", label: text("Light"), Icon: Sun },
  { value: "dark", label: text("Dark"), Icon: Moon },
] as const satisfies readonly { value: Theme; label: string; Icon: unknown }[];

export function ThemeChoice() {
  const t = useText();
  const [theme, setTheme] = useEntry(useRuntime().local.theme);
  return (
    <Segmented
      label={t("Theme")}
      value={theme}
      onChange={setTheme}
      className="w-full sm:w-auto"
      options={options.map(({ value, label, Icon }) => ({
        value,
        label: (
          <>
            <Icon aria-hidden className="size-4" />
            {t(label)}
          </>
        ),
      }))}
    />
  );
}
