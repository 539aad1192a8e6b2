"use client";

import { GeistSans } from "geist/font/sans";
import "./globals.css";
import { BootScript } from "@/components/boot-script";
import { FailurePage } from "@/components/failure-page";

/** Stands in for the root layout when that fails, and so brings everything itself. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en" className={GeistSans.variable} suppressHydrationWarning>
      <head>
        <title>Daybook</title>
        <BootScript />
      </head>
      <body>
        <FailurePage error={error} onRetry={retry} />
      </body>
    </html>
  );
}
