"use client";

import { Hash } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import { Anchor, ShellLink, shellItem } from "@/components/shell-link";
import { useNumbers } from "@/features/todos/hooks/use-numbers";
import { hrefOf, placeOf, views } from "@/features/todos/places";
import { useText } from "@/hooks/text";

/** The views and the tags, beside the page. */
export function SideBar() {
  const t = useText();
  const { counts, tags } = useNumbers();
  const pathname = usePathname();
  const parameters = useSearchParams();
  const place = placeOf(pathname, parameters);
  return (
    <nav aria-label={t("Views")} className="grid grid-cols-1 gap-6">
      <ul className="grid grid-cols-1 gap-0.5">
        {views.map(({ name, href, label, Icon }) => (
          <li key={name}>
            <ShellLink
              href={href}
              isCurrent={pathname === href}
              icon={<Icon aria-hidden />}
              number={name in (counts ?? {}) ? counts?.[name as "inbox"] : undefined}
              isUrgent={name === "today" && (counts?.overdue ?? 0) > 0}
            >
              {t(label)}
            </ShellLink>
          </li>
        ))}
      </ul>
      {tags.length > 0 && (
        <div>
          <h2 className="px-3 pb-1.5 font-medium text-faint text-xs">{t("Tags")}</h2>
          <ul className="grid grid-cols-1 gap-0.5">
            {tags.map(({ tag, count }) => {
              const isCurrent = place.name === "tag" && place.tag === tag;
              return (
                <li key={tag}>
                  <Anchor
                    href={hrefOf({ name: "tag", tag })}
                    isCurrent={isCurrent}
                    className={shellItem(isCurrent)}
                  >
                    <Hash aria-hidden />
                    <span className="min-w-0 flex-1 truncate">
                      <bdi>{tag}</bdi>
                    </span>
                    <span className="font-normal text-faint text-xs tabular-nums">{count}</span>
                  </Anchor>
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </nav>
  );
}
