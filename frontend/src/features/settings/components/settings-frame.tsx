"use client";

import {
  ArrowLeft,
  Database,
  History,
  MonitorSmartphone,
  ShieldCheck,
  SquareTerminal,
  UserRound,
} from "lucide-react";
import { usePathname } from "next/navigation";
import { AppLink } from "@/components/ui/app-link";
import { classes } from "@/components/ui/classes";
import { paths } from "@/config/paths";
import { useText } from "@/hooks/text";
import { text } from "@/lib/i18n/translate";

const parts = [
  [paths.settings, text("General"), UserRound],
  [paths.security, text("Security"), ShieldCheck],
  [paths.devices, text("Devices"), MonitorSmartphone],
  [paths.tokens, text("Tokens"), SquareTerminal],
  [paths.activity, text("Log"), History],
  [paths.data, text("Your data"), Database],
] as const;

/** What all pages of the settings have around them. */
export function SettingsFrame({ children }: { children: React.ReactNode }) {
  const t = useText();
  const pathname = usePathname();
  return (
    <div className="mx-auto max-w-2xl">
      <AppLink
        href={paths.todos}
        className="-ms-1.5 mb-3 inline-flex items-center gap-1.5 rounded-lg px-1.5 py-1 font-medium text-soft text-sm hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {t("Todos")}
      </AppLink>
      <h1 className="font-semibold text-3xl tracking-tight">{t("Settings")}</h1>
      <nav aria-label={t("Settings")} className="mt-5 -ms-1">
        <ul className="grid grid-cols-3 gap-1 sm:flex sm:flex-wrap">
          {parts.map(([href, label, Icon]) => (
            <li key={href}>
              <AppLink
                href={href}
                {...(pathname === href && { "aria-current": "page" as const })}
                className={classes(
                  "flex h-10 items-center justify-center gap-2 rounded-xl px-2.5 font-medium text-sm transition-colors sm:justify-start",
                  pathname === href
                    ? "bg-accent-soft text-accent"
                    : "text-soft hover:bg-sunken hover:text-ink",
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {t(label)}
              </AppLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mt-5 grid gap-5">{children}</div>
    </div>
  );
}
