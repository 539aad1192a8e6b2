"use client";

import { Toaster as Sonner } from "sonner";

/** Sonner in our own colours: its “rich” ones are too faint to read. */
export default function Toaster() {
  return (
    // Within reach while a dialog is open: it says what was decided there, and takes it back.
    <div data-react-aria-top-layer="true">
      <Sonner
        position="bottom-center"
        gap={10}
        offset={20}
        // Above the bar with the views.
        mobileOffset={{ bottom: "calc(5rem + env(safe-area-inset-bottom))" }}
        visibleToasts={4}
        style={{ "--width": "26rem", fontFamily: "inherit" } as React.CSSProperties}
        toastOptions={{
          unstyled: true,
          classNames: {
            toast:
              "flex w-full items-center gap-3 rounded-2xl border border-line bg-raised px-4 py-3 text-sm text-ink shadow-pop",
            content: "min-w-0 flex-1",
            title: "font-medium [overflow-wrap:anywhere]",
            description: "mt-0.5 text-soft [overflow-wrap:anywhere]",
            icon: "shrink-0 text-accent",
            actionButton:
              "order-last shrink-0 cursor-pointer rounded-lg bg-accent px-3 h-8 font-medium text-on-accent hover:bg-accent-strong",
            cancelButton:
              "shrink-0 cursor-pointer rounded-lg px-3 h-8 font-medium text-soft hover:bg-sunken hover:text-ink",
            error: "[&_[data-icon]]:text-danger",
            warning: "[&_[data-icon]]:text-warn",
          },
        }}
      />
    </div>
  );
}
