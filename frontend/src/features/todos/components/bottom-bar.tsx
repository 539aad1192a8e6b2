"use client";

import { usePathname } from "next/navigation";
import { Anchor } from "@/components/shell-link";
import { classes } from "@/components/ui/classes";
import { useNumbers } from "@/features/todos/hooks/use-numbers";
import { views } from "@/features/todos/places";
import { useText } from "@/hooks/text";

/** The views on a phone, where the thumb is. */
export function BottomBar() {
  const t = useText();
  const pathname = usePathname();
  const { counts } = useNumbers();
  return (
    <nav
      aria-label={t("Views")}
      className="fixed inset-x-0 bottom-0 z-20 border-t bg-canvas/92 pb-[env(safe-area-inset-bottom)] backdrop-blur-md lg:hidden print:hidden"
    >
      <ul className="mx-auto grid max-w-lg grid-cols-5">
        {views.map(({ name, href, label, Icon }) => {
          const isCurrent = pathname === href;
          const isLate = name === "today" && (counts?.overdue ?? 0) > 0;
          return (
            <li key={name}>
              <Anchor
                href={href}
                isCurrent={isCurrent}
                className={classes(
                  "flex h-15 flex-col items-center justify-center gap-1 rounded-xl font-medium text-[0.6875rem]",
                  isCurrent ? "text-accent" : "text-soft",
                )}
              >
                <span className="relative">
                  <Icon aria-hidden className="size-5.5" />
                  {isLate && <span className="absolute -end-1 -top-0.5 size-2 rounded-full bg-danger" />}
                </span>
                {t(label)}
                {isLate && <span className="sr-only">, {t("some overdue")}</span>}
              </Anchor>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
