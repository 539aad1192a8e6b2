"use client";

import Link from "next/link";
import { useEffect, useRef } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import type { AppPath } from "@/config/paths";
import { useText } from "@/hooks/text";

interface MessageFrameProps {
  icon: React.ReactNode;
  title: string;
  children: React.ReactNode;
  action?: React.ReactNode;
}

/** What became of it, in the place of the form. The heading takes the focus, so that it is read out. */
export function MessageFrame({ icon, title, children, action }: MessageFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="animate-rise">
      <div className="mb-6 grid size-14 place-items-center rounded-2xl bg-accent-soft text-accent [&_svg]:size-6">
        {icon}
      </div>
      <h1 ref={heading} tabIndex={-1} className="font-semibold text-3xl tracking-tight outline-none">
        {title}
      </h1>
      <div className="mt-3 grid gap-3 text-pretty text-soft [overflow-wrap:anywhere]">{children}</div>
      {action && <div className="mt-8">{action}</div>}
    </div>
  );
}

/** The one thing to do next, when that is another page. */
export function NextStep({ href, children }: { href: AppPath; children: string }) {
  return (
    <Link
      href={href}
      className="inline-flex h-12 w-full items-center justify-center rounded-xl bg-accent px-5 font-medium text-base text-on-accent shadow-card hover:bg-accent-strong"
    >
      {children}
    </Link>
  );
}

/** Until the link has been looked at. */
export function Opening() {
  const t = useText();
  return (
    <div role="status" className="grid gap-4">
      <span className="sr-only">{t("Opening…")}</span>
      <Skeleton className="size-14 rounded-2xl" />
      <Skeleton className="h-8 w-3/4" />
      <Skeleton className="h-4 w-full" />
    </div>
  );
}
