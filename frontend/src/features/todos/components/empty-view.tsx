"use client";

import { CalendarDays, CircleCheckBig, Feather, Hash, SearchX, Sunrise, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { Kbd } from "@/components/ui/kbd";
import type { Place } from "@/features/todos/places";
import { useText } from "@/hooks/text";

const icons = {
  inbox: Feather,
  today: Sunrise,
  upcoming: CalendarDays,
  done: CircleCheckBig,
  trash: Trash2,
  tag: Hash,
  search: SearchX,
} as const;

/** An empty view says what it is for. */
export default function EmptyView({ place }: { place: Place }) {
  const t = useText();
  const slots: Readonly<Record<"key" | "example", ReactNode>> = {
    key: <Kbd key="key">Enter</Kbd>,
    example: t("Pay rent tomorrow 9am !high #home every month"),
  };
  const words = {
    inbox: {
      title: t("A clean page"),
      text: t.parts(
        "Write down the first thing on your mind and press {key}. Daybook understands “{example}”.",
        slots,
      ),
    },
    today: {
      title: t("Nothing left for today"),
      text: t("What is due today, and what should have been done before, comes up here."),
    },
    upcoming: {
      title: t("Nothing ahead"),
      text: t("Give a todo a date, and it waits here until its day comes: “Call Mira on Friday”."),
    },
    done: {
      title: t("Nothing done yet"),
      text: t("Tick the circle beside a todo, and it is kept here for you to look back on."),
    },
    trash: {
      title: t("The trash is empty"),
      text: t("What you delete can be brought back from here for 30 days."),
    },
    tag: {
      title: t("Nothing open with this tag"),
      text: t("Write a word with # in front of it, and it becomes a tag."),
    },
    search: {
      title: t("Nothing found"),
      text: t("Every word has to be somewhere in the title, the notes or the tags."),
    },
  }[place.name];
  if (place.name === "search" && place.query === "") return null;
  const Icon = icons[place.name];
  return (
    <EmptyState icon={<Icon aria-hidden />} title={words.title}>
      {words.text}
    </EmptyState>
  );
}
