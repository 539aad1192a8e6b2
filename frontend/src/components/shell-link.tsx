"use client";

import { usePathname } from "next/navigation";
import { PlaceLink } from "@/components/place-link";
import { AppLink } from "@/components/ui/app-link";
import { classes } from "@/components/ui/classes";
import { isTodosPath } from "@/config/paths";
import { useText } from "@/hooks/text";

export const shellItem = (isCurrent: boolean): string =>
  classes(
    "flex h-10 items-center gap-3 rounded-xl px-3 font-medium text-sm transition-colors [&_svg]:size-4.5 [&_svg]:shrink-0",
    isCurrent ? "bg-accent-soft text-accent" : "text-soft hover:bg-sunken hover:text-ink",
  );

interface ShellLinkProps {
  href: string;
  isCurrent: boolean;
  icon: React.ReactNode;
  children: string;
  /** How many there are; undefined where that is not known, or means nothing. */
  number?: number | undefined;
  /** Some of them are late. */
  isUrgent?: boolean;
}

/** A line of the side bar. */
export function ShellLink({ href, isCurrent, icon, children, number, isUrgent = false }: ShellLinkProps) {
  const t = useText();
  return (
    <Anchor href={href} isCurrent={isCurrent} className={shellItem(isCurrent)}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {number !== undefined && number > 0 && (
        <span
          className={classes(
            "text-xs tabular-nums",
            isUrgent ? "font-medium text-danger" : "font-normal text-faint",
          )}
        >
          {number.toLocaleString(t.locale)}
          {isUrgent && <span className="sr-only">, {t("some overdue")}</span>}
        </span>
      )}
    </Anchor>
  );
}

interface AnchorProps {
  href: string;
  isCurrent: boolean;
  className: string;
  children: React.ReactNode;
}

/** Between views of the todos the page stays; from the settings it has to be brought. */
export function Anchor({ href, isCurrent, className, children }: AnchorProps) {
  const pathname = usePathname();
  const shared = { href, className, ...(isCurrent && { "aria-current": "page" as const }) };
  if (isTodosPath(pathname) && isTodosPath(href)) return <PlaceLink {...shared}>{children}</PlaceLink>;
  return (
    <AppLink {...shared} href={href as "/"}>
      {children}
    </AppLink>
  );
}
