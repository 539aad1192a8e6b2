import { AppLink } from "@/components/ui/app-link";
import type { AppPath } from "@/config/paths";

export function TextLink({ href, children }: { href: AppPath; children: React.ReactNode }) {
  return (
    <AppLink
      href={href}
      className="rounded-sm font-medium text-accent underline decoration-accent/40 underline-offset-4 hover:decoration-accent"
    >
      {children}
    </AppLink>
  );
}
