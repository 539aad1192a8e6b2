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
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classes } from "@/components/ui/classes";
import { paths } from "@/config/paths";

const parts = [
  [paths.settings, "General", UserRound],
  [paths.security, "Security", ShieldCheck],
  [paths.devices, "Devices", MonitorSmartphone],
  [paths.tokens, "Tokens", SquareTerminal],
  [paths.activity, "Log", History],
  [paths.data, "Your data", Database],
] as const;

/** What all pages of the settings have around them. */
export function SettingsFrame({ children }: { children: React.ReactNode }) {
  const pathname = usePathname();
  return (
    <>
      <Link
        href={paths.todos}
        className="-ml-1.5 mb-3 inline-flex items-center gap-1.5 rounded-lg px-1.5 py-1 font-medium text-soft text-sm hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Todos
      </Link>
      <h1 className="font-semibold text-3xl tracking-tight">Settings</h1>
      <nav aria-label="Settings" className="mt-5 -ml-1">
        <ul className="grid grid-cols-3 gap-1 sm:flex sm:flex-wrap">
          {parts.map(([href, label, Icon]) => (
            <li key={href}>
              <Link
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
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mt-5 grid gap-5">{children}</div>
    </>
  );
}
