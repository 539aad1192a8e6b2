"use client";

import { Check } from "lucide-react";
import { Wordmark } from "@/components/brand";
import { useText } from "@/hooks/text";

import { text } from "@/lib/i18n/translate";

const promises = [
  [text("Write first"), text("What you type is kept at once, even when the connection is not.")],
  [text("Nothing is overwritten"), text("When two devices disagree, Daybook asks instead of guessing.")],
  [
    text("Signed out means signed out"),
    text("In every tab at once, and on any other device when you say so."),
  ],
] as const;

/** The frame of register and sign-in: the form, and beside it what one is signing up for. */
export function AuthLayout({ children }: { children: React.ReactNode }) {
  const t = useText();
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.05fr)]">
      <div className="flex flex-col px-5 py-6 sm:px-10">
        <header>
          <Wordmark />
        </header>
        <main className="m-auto w-full max-w-sm py-10">{children}</main>
      </div>
      <aside className="hidden p-3 ps-0 lg:block">
        <div className="panel flex h-full flex-col justify-center overflow-hidden rounded-3xl px-12 text-white xl:px-20">
          <PaperList />
          <ul className="mt-12 grid max-w-md gap-5">
            {promises.map(([title, explanation]) => (
              <li key={title} className="flex gap-3.5">
                <span className="mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-white/15">
                  <Check aria-hidden strokeWidth={3} className="size-3.5" />
                </span>
                <span>
                  <span className="block font-medium">{t(title)}</span>
                  <span className="block text-pretty text-sm text-white/80">{t(explanation)}</span>
                </span>
              </li>
            ))}
          </ul>
        </div>
      </aside>
    </div>
  );
}

const lines = [
  [text("Water the tomatoes"), true],
  [text("Call Mira about Friday"), true],
  [text("Book the night train"), false],
  [text("Read thirty pages"), false],
] as const;

/** A drawing, not content: it is hidden from screen readers. */
function PaperList() {
  const t = useText();
  return (
    <div aria-hidden className="-rotate-2 w-full max-w-sm rounded-3xl bg-surface p-6 text-ink shadow-pop">
      <p className="mb-4 font-semibold text-lg tracking-tight">{t("Today")}</p>
      {lines.map(([line, done]) => (
        <div key={line} className="flex items-center gap-3.5 border-t py-3">
          <span
            className={
              done
                ? "grid size-5.5 place-items-center rounded-full bg-accent text-on-accent"
                : "size-5.5 rounded-full border-[1.75px] border-edge"
            }
          >
            {done && <Check strokeWidth={3} className="size-3.5" />}
          </span>
          <span className={done ? "text-faint line-through decoration-edge" : ""}>{t(line)}</span>
        </div>
      ))}
    </div>
  );
}
