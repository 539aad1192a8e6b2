import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import "./globals.css";
import { preload } from "react-dom";
import { Providers } from "@/app/providers";
import { BootScript } from "@/components/boot-script";
import { CONFIG_PATH } from "@/lib/api/address";

export const metadata: Metadata = {
  title: { default: "Daybook", template: "%s · Daybook" },
  description: "A to-do list for people who cannot afford to lose a line they wrote.",
  applicationName: "Daybook",
  appleWebApp: { capable: true, title: "Daybook", statusBarStyle: "default" },
  formatDetection: { telephone: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f8f8f5" },
    { media: "(prefers-color-scheme: dark)", color: "#0c1210" },
  ],
};

export default function RootLayout({ children }: { children: React.ReactNode }) {
  preload(CONFIG_PATH, { as: "fetch", crossOrigin: "anonymous" });
  return (
    // The boot script adds attributes before React looks at the element.
    <html lang="en" className={GeistSans.variable} suppressHydrationWarning>
      <head>
        <BootScript />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
