"use client";

import { Search, Settings } from "lucide-react";
import { usePathname } from "next/navigation";
import { AccountMenu } from "@/components/account-menu";
import { Wordmark } from "@/components/brand";
import { Anchor, ShellLink } from "@/components/shell-link";
import { AppLink } from "@/components/ui/app-link";
import { Kbd } from "@/components/ui/kbd";
import { paths } from "@/config/paths";
import { useText } from "@/hooks/text";

interface AppShellProps {
  /** What the header says about the network and unsent work. */
  status?: React.ReactNode;
  /** Beside the page where there is room. */
  sideBar?: React.ReactNode;
  /** At the foot of the window where there is not. */
  bottomBar?: React.ReactNode;
  children: React.ReactNode;
}

/** The frame of every page for signed-in people. */
export function AppShell({ status, sideBar, bottomBar, children }: AppShellProps) {
  const t = useText();
  const pathname = usePathname();
  return (
    <>
      <a
        href="#content"
        className="fixed start-4 -top-16 z-30 rounded-xl bg-accent px-4 py-2 font-medium text-on-accent focus:top-4"
      >
        {t("Skip to the content")}
      </a>
      <aside className="fixed inset-y-0 start-0 hidden w-60 flex-col border-e bg-canvas lg:flex print:hidden">
        <Home className="mx-5 my-4.5" />
        <div className="min-h-0 flex-1 scroll-py-2 overflow-y-auto px-3 py-2">{sideBar}</div>
        <div className="border-t p-3">
          <ShellLink
            href={paths.settings}
            isCurrent={pathname?.startsWith(paths.settings) ?? false}
            icon={<Settings aria-hidden />}
          >
            {t("Settings")}
          </ShellLink>
        </div>
      </aside>
      <div className="lg:ps-60">
        <header className="sticky top-0 z-20 bg-canvas/85 backdrop-blur-md print:hidden">
          <div className="flex h-16 items-center gap-3 px-4 sm:px-6">
            <Home className="lg:hidden" />
            <Anchor
              href={paths.search}
              isCurrent={pathname === paths.search}
              className="inline-flex h-10 items-center gap-2.5 rounded-xl px-2.5 text-soft text-sm hover:bg-sunken hover:text-ink"
            >
              <Search aria-hidden className="size-4.5" />
              <span className="max-sm:sr-only">{t("Search")}</span>
              <span aria-hidden className="max-lg:hidden">
                <Kbd>/</Kbd>
              </span>
            </Anchor>
            <div className="ms-auto flex items-center gap-2">
              {status}
              <AccountMenu />
            </div>
          </div>
        </header>
        <main id="content" tabIndex={-1} className="px-4 pt-4 pb-36 outline-none sm:px-6 sm:pt-6 lg:pb-28">
          {children}
        </main>
      </div>
      {bottomBar}
    </>
  );
}

function Home({ className }: { className: string }) {
  const t = useText();
  return (
    <AppLink
      href={paths.todos}
      className={`inline-flex w-fit rounded-lg ${className}`}
      aria-label={t("Daybook, to your todos")}
    >
      <Wordmark />
    </AppLink>
  );
}
