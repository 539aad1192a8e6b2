import Link from "next/link";
import { AccountMenu } from "@/components/account-menu";
import { Wordmark } from "@/components/brand";
import { paths } from "@/config/paths";

interface AppShellProps {
  /** What the header says about the network and unsent work. */
  status?: React.ReactNode;
  children: React.ReactNode;
}

/** The frame of every page for signed-in people. */
export function AppShell({ status, children }: AppShellProps) {
  return (
    <>
      <a
        href="#content"
        className="-top-16 fixed left-4 z-30 rounded-xl bg-accent px-4 py-2 font-medium text-on-accent focus:top-4"
      >
        Skip to the content
      </a>
      <header className="print:hidden sticky top-0 z-20 border-b border-transparent bg-canvas/85 backdrop-blur-md">
        <div className="mx-auto flex h-16 max-w-2xl items-center gap-3 px-4 sm:px-6">
          <Link href={paths.todos} className="inline-flex rounded-lg" aria-label="Daybook, to your todos">
            <Wordmark />
          </Link>
          <div className="ml-auto flex items-center gap-2">
            {status}
            <AccountMenu />
          </div>
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto max-w-2xl px-4 pt-6 pb-28 outline-none sm:px-6 sm:pt-10"
      >
        {children}
      </main>
    </>
  );
}
