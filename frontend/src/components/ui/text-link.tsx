import Link from "next/link";
import type { AppPath } from "@/config/paths";

export function TextLink({ href, children }: { href: AppPath; children: React.ReactNode }) {
  return (
    <Link
      href={href}
      className="rounded-sm font-medium text-accent underline decoration-accent/40 underline-offset-4 hover:decoration-accent"
    >
      {children}
    </Link>
  );
}
