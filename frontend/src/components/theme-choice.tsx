"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { Segmented } from "@/components/ui/segmented";
import { useRuntime } from "@/hooks/runtime";
import { useEntry } from "@/hooks/use-entry";
import type { Theme } from "@/lib/storage/local";

const options = [
  { value: "system", label: "System", Icon: Monitor },
  { value: "light", label: "Light", Icon: Sun },
  { value: "dark", label: "Dark", Icon: Moon },
] as const satisfies readonly { value: Theme; label: string; Icon: unknown }[];

export function ThemeChoice() {
  const [theme, setTheme] = useEntry(useRuntime().local.theme);
  return (
    <Segmented
      label="Theme"
      value={theme}
      onChange={setTheme}
      className="w-full sm:w-auto"
      options={options.map(({ value, label, Icon }) => ({
        value,
        label: (
          <>
            <Icon aria-hidden className="size-4" />
            {label}
          </>
        ),
      }))}
    />
  );
}
