"use client";

import { Toaster as Sonner } from "sonner";

/** Above the bars at the foot of the window. */
const FOOT = { bottom: "calc(var(--foot) + var(--bar))" };

/** Sonner in our own colours: its “rich” ones are too faint to read. */
export default function Toaster() {
  return (
    // Behind a dialog, and read out all the same: what was decided there is said, and can be taken back by Alt+T.
    <div data-react-aria-top-layer="true" className="print:hidden">
      <Sonner
        position="bottom-center"
        gap={10}
        offset={FOOT}
        mobileOffset={FOOT}
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
