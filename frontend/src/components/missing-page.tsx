"use client";

import { Compass } from "lucide-react";
import Link from "next/link";
import { Wordmark } from "@/components/brand";
import { EmptyState } from "@/components/ui/empty-state";
import { paths } from "@/config/paths";
import { useText } from "@/hooks/text";

/** What an address shows that leads nowhere. */
export function MissingPage() {
  const t = useText();
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr] px-5 py-6 sm:px-10">
      <header>
        <Wordmark />
      </header>
      <main className="m-auto">
        <EmptyState
          level={1}
          icon={<Compass aria-hidden />}
          title={t("This page does not exist")}
          action={
            <Link
              href={paths.todos}
              className="inline-flex h-10 items-center rounded-xl bg-accent px-4 font-medium text-on-accent hover:bg-accent-strong"
            >
              {t("To your todos")}
            </Link>
          }
        >
          {t("The link may be old, or a letter is missing. Your todos are where they were.")}
        </EmptyState>
      </main>
    </div>
  );
}
